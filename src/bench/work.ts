/** What can be measured: so many steps of something, on a device. */
import type { Schedule } from '../compiler/schedule.ts';
import type { Device } from '../engine/device.ts';

export interface Work {
  readonly name: string;
  /** For people: '784 -> 100 sigmoid -> 10 linear, softmaxCrossEntropy, sgd, batches of 100'. */
  readonly description: string;
  /** Per step; undefined where a step has none. */
  readonly samples?: number;
  /** Floating-point operations of the matrix products and convolutions of a step, two for a multiplication and its addition. */
  readonly flop: number;
  /** Steps in an epoch, which ends by reading its loss; undefined where nothing ends. */
  readonly epoch?: number;
  /** Makes everything on the device, which stays the caller's. Throws as `compile`. */
  prepare(device: Device): Promise<Prepared>;
}

export interface Prepared {
  /** What the device runs in a step; a net gathers its batch before that. */
  readonly schedule: Schedule;
  /** Resolves when the device is done. The first run with a number of steps makes what the later ones use. */
  run(steps: number, signal?: AbortSignal): Promise<void>;
  /** Of the last step, of a net. */
  loss?(): Promise<number>;
  destroy(): void;
}
