/** A workload: a number of steps of something, on a device. */
import type { Schedule } from '../compiler/schedule.ts';
import type { Device } from '../engine/device.ts';

/** A workload that can be measured; made by {@link network} and {@link matmul}. */
export interface Work {
  /** Name of the workload. */
  readonly name: string;
  /** What it does, for people: `'784 -> 100 sigmoid -> 10 linear, softmaxCrossEntropy, sgd, batches of 100'`. */
  readonly description: string;
  /** Samples per step; absent if a step has none. */
  readonly samples?: number;
  /** Floating-point operations per step, as {@link flopOf} counts them. */
  readonly flop: number;
  /** Steps in an epoch, which ends by reading its loss; absent if there are no epochs. */
  readonly epoch?: number;
  /** Makes everything on the device, which stays the caller's. It rejects as `compile` does. */
  prepare(device: Device): Promise<Prepared>;
}

/** A workload that is ready to run on a device. */
export interface Prepared {
  /** What the device runs in a step; a net gathers its batch before that. */
  readonly schedule: Schedule;
  /** Runs steps, and resolves when the device is done. The first run of a length makes what later ones use. */
  run(steps: number, signal?: AbortSignal): Promise<void>;
  /** Reads the loss of the last step; only for a net. */
  loss?(): Promise<number>;
  /** Frees everything that was made on the device. */
  destroy(): void;
}
