/** One net in training: trains until it is told to stop, and tells how that goes. */
import {
  type CompileOptions,
  compile,
  type Device,
  DeviceLostError,
  type EvaluateOptions,
  type FitOptions,
  type Progress,
  type Recovery,
  type Trainer,
} from 'retrograd';
import type { DatasetPair } from 'retrograd/data';
import type { Config } from '../config.ts';
import { size } from '../layers.ts';
import { outputNames, parameterShapes, weightedLayers } from '../net-shapes.ts';
import { losses, optimizers } from './choices.ts';
import { type Clock, createClock } from './clock.ts';
import { makeModel } from './make-model.ts';
import type { Evaluated, LabEvent } from './protocol.ts';
import { type Before, type Held, type Pictured, Reporter } from './reporter.ts';

export interface RunOptions {
  readonly config: Config;
  readonly data: DatasetPair;
  readonly device: Device | 'cpu';
  /** Goes on from here instead of from initial weights. */
  readonly from?: Held;
  /** Gives up what `createRun` does. */
  readonly signal: AbortSignal;
  readonly tell: (event: LabEvent) => void;
  /** Told what went wrong while nobody waited. */
  readonly onError: (error: unknown) => void;
  /** Told of the device that training goes on with after a loss, and of a loss that it does not get over. */
  readonly onRecover: (device: Device, step: number) => void;
  readonly onLost: (error: DeviceLostError) => void;
}

/** Compiles the net. Rejects with what `compile` and `load` reject with, or the reason of the signal. */
export async function createRun(options: RunOptions): Promise<Run> {
  const { config, device, from, signal, tell } = options;
  const onProgress: CompileOptions['onProgress'] = (preparing) => tell({ kind: 'preparing', preparing });
  const net = await compileNet(config, { device, signal, onProgress });
  try {
    if (from) await net.load(from.file);
  } catch (error) {
    net.destroy();
    throw error;
  }
  net.learningRate = config.learningRate; // a file has that of its time
  return new Run(net, options);
}

export class Run {
  readonly net: Trainer;
  readonly data: DatasetPair;
  readonly #options: RunOptions;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #lossOf: ReturnType<typeof lossesApart>;
  #before: Before;
  #training: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #destroyed = false;

  constructor(net: Trainer, options: RunOptions) {
    const { config, data, from, tell, onError } = options;
    this.net = net;
    this.data = data;
    this.#options = options;
    this.#clock = createClock(from?.evaluated.seconds);
    this.#before = from?.before ?? { steps: 0, epochs: 0 };
    this.#lossOf = lossesApart(config.batch, data.train.count);
    const place = () => ({ step: this.step, seconds: this.#clock.seconds(), before: this.#before });
    this.#reporter = new Reporter({ net, data, pictured: picturedOf(config), place, tell, onError }, from);
  }

  /** With the learning rate of now. */
  get config(): Config {
    return { ...this.#options.config, learningRate: this.net.learningRate };
  }

  get isTraining(): boolean {
    return this.#training !== undefined;
  }

  /** The last that was evaluated, and had a loss. */
  get held(): Held | undefined {
    return this.#reporter.held;
  }

  get step(): number {
    return this.#before.steps + this.net.steps;
  }

  /** Completed. */
  get #epochs(): number {
    return this.#before.epochs + this.net.epochs;
  }

  start(): void {
    if (this.#training || this.#destroyed) return;
    const { tell } = this.#options;
    const stop = new AbortController();
    const ended = this.#trainUntil(stop.signal).finally(() => {
      this.#training = undefined;
      tell({ kind: 'status', status: 'paused' });
    });
    this.#training = { stop, ended };
    tell({ kind: 'status', status: 'running' });
  }

  /** Resolves when nothing is under way any more, and the state it stopped in has been evaluated. */
  async stop(): Promise<void> {
    this.#training?.stop.abort();
    await this.#training?.ended;
  }

  /** Trains so many steps. Rejects as `fit` of the net. */
  train(steps: number): Promise<void> {
    return this.#fit({ steps });
  }

  /** Goes on from the weights of a file, with an optimizer that remembers nothing. Rejects as `load` of the net. */
  async load(file: Blob): Promise<void> {
    const reached = { steps: this.step, epochs: this.#epochs };
    await this.net.load(file, { weightsOnly: true });
    this.#before = reached; // it counts from 0 again
  }

  /** Pictures what the net computes of one image, from now on. */
  watch(pixels: Float32Array): Promise<void> {
    return this.#reporter.watch(pixels);
  }

  /** Tells of the test samples and of the pictures as they are now. */
  look(): Promise<Evaluated> {
    return this.#reporter.look();
  }

  /** The same, telling how far it is, until the signal gives it up. */
  firstLook(): Promise<Evaluated> {
    const { signal, tell } = this.#options;
    const onProgress: NonNullable<EvaluateOptions['onProgress']> = ({ done, count }) =>
      tell({ kind: 'preparing', preparing: { phase: 'test', done, total: count } });
    return this.#reporter.look({ signal, onProgress });
  }

  destroy(): void {
    this.#destroyed = true;
    this.#training?.stop.abort();
    this.net.destroy();
  }

  async #trainUntil(signal: AbortSignal): Promise<void> {
    const { onError, onRecover, onLost } = this.#options;
    const onRecovered = ({ device }: Recovery): void => onRecover(device, this.step);
    const beside = () => this.#reporter.lookIn();
    try {
      for (;;) await this.#fit({ epochs: 1, signal, recover: true, onRecover: onRecovered }, beside);
    } catch (error) {
      if (error instanceof DeviceLostError) return onLost(error);
      if (error !== signal.reason) onError(error);
    }
    await this.look().catch((error) => (error instanceof DeviceLostError ? onLost(error) : onError(error)));
  }

  /** `beside` is called whenever there is progress. */
  async #fit(options: FitOptions, beside = () => {}): Promise<void> {
    const before = this.#epochs; // the net counts an epoch once all of its steps are queued
    const onProgress = (progress: Progress) => {
      this.#tellProgress(progress, before);
      beside();
    };
    this.#clock.start();
    try {
      await this.net.fit(this.data.train, { onProgress, ...options });
    } finally {
      this.#clock.stop();
    }
  }

  #tellProgress({ epoch, step, steps, loss, samplesPerSecond }: Progress, epochsBefore: number): void {
    const progress = {
      ...{ step: this.step, seconds: this.#clock.seconds() },
      ...{ epoch: epochsBefore + epoch, stepOfEpoch: step, stepsOfEpoch: steps },
      ...{ loss: this.#lossOf(step, loss), samplesPerSecond },
    };
    this.#options.tell({ kind: 'progress', progress });
  }
}

/** Numbers of a matrix that is pictured: larger ones take too long to read a few times a second, and show nothing. */
const MOST_PICTURED = 65_536;

/** What each hidden layer hands on, the weights of the layers after the first that has some, and the outputs. */
function picturedOf({ hidden }: Config): Pictured {
  const [first, ...later] = weightedLayers(hidden);
  const shapes = parameterShapes(hidden);
  const isSmall = (layer: number) => size(shapes.get(`layers.${layer - 1}.weight`)!) <= MOST_PICTURED;
  const outputs = [...new Set(outputNames(hidden).slice(1))].filter((name) => name !== 'x');
  return {
    layer: first,
    others: [...outputs, ...later.filter(isSmall).map((layer) => `W${layer}`), 'prediction'],
  };
}

/** The mean loss of the steps since it was last asked, out of the means over the epoch so far. */
function lossesApart(batch: number, count: number) {
  let before = { step: 0, total: 0 };
  const samplesIn = (steps: number) => Math.min(steps * batch, count);
  return (step: number, mean: number): number => {
    if (step <= before.step) before = { step: 0, total: 0 };
    const total = mean * samplesIn(step);
    const loss = (total - before.total) / (samplesIn(step) - samplesIn(before.step));
    before = { step, total };
    return loss;
  };
}

/** Without a device, the net opens one of its own. */
export async function compileNet(
  { hidden, loss, optimizer, learningRate, batch, seed }: Config,
  options: Pick<CompileOptions, 'device' | 'signal' | 'onProgress'>,
) {
  const { make, output } = losses[loss];
  return compile(await makeModel(hidden, output), {
    batch,
    seed,
    loss: make(),
    optimizer: optimizers[optimizer]({ learningRate }),
    ...options,
  });
}
