/** One net in training: trains until it is told to stop, and tells how that goes. */
import {
  type CompileOptions,
  compile,
  type Device,
  DeviceLostError,
  dense,
  type EvaluateOptions,
  type FitOptions,
  type Progress,
  type Recovery,
  sequential,
  type Trainer,
} from 'retrograd';
import type { DatasetPair } from 'retrograd/data';
import type { Config } from '../config.ts';
import { activations, losses, optimizers } from './choices.ts';
import { type Clock, createClock } from './clock.ts';
import { CLASSES, type LabEvent, SIDE } from './protocol.ts';
import { type Held, Reporter } from './reporter.ts';

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

/** Compiles the net. Rejects with what `compile` rejects with, or the reason of the signal. */
export async function createRun(options: RunOptions): Promise<Run> {
  const { config, device, from, signal, tell } = options;
  const onProgress: CompileOptions['onProgress'] = (preparing) => tell({ kind: 'preparing', preparing });
  const net = await compileNet(config, device, { signal, onProgress });
  if (from) net.setParameters(from.parameters);
  return new Run(net, options);
}

export class Run {
  readonly net: Trainer;
  readonly data: DatasetPair;
  readonly #options: RunOptions;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #lossOf: ReturnType<typeof lossesApart>;
  #stepsBefore: number;
  #epochs: number;
  #training: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #destroyed = false;

  constructor(net: Trainer, options: RunOptions) {
    const { config, data, from, tell, onError } = options;
    this.net = net;
    this.data = data;
    this.#options = options;
    this.#clock = createClock(from?.evaluated.seconds);
    this.#stepsBefore = from?.evaluated.step ?? 0;
    this.#epochs = from?.epochs ?? 0;
    this.#lossOf = lossesApart(config.batch, data.train.count);
    const place = () => ({ step: this.step, seconds: this.#clock.seconds(), epochs: this.#epochs });
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
    return this.#stepsBefore + this.net.steps;
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
    const reached = this.step;
    await this.net.load(file, { weightsOnly: true });
    this.#stepsBefore = reached; // it counts from 0 again
  }

  /** Pictures what the net computes of one image, from now on. */
  watch(pixels: Float32Array): Promise<void> {
    return this.#reporter.watch(pixels);
  }

  /** Tells of the test samples and of the pictures as they are now. */
  look(): Promise<Held> {
    return this.#reporter.look();
  }

  /** The same, telling how far it is, until the signal gives it up. */
  firstLook(): Promise<Held> {
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
    const onProgress = (progress: Progress): void => {
      this.#tellProgress(progress);
      this.#reporter.lookIn();
    };
    try {
      const onRecovered = ({ device }: Recovery): void => onRecover(device, this.step);
      for (;;) await this.#fit({ epochs: 1, signal, onProgress, recover: true, onRecover: onRecovered });
    } catch (error) {
      if (error instanceof DeviceLostError) return onLost(error);
      if (error !== signal.reason) onError(error);
    }
    await this.look().catch((error) => (error instanceof DeviceLostError ? onLost(error) : onError(error)));
  }

  async #fit(options: FitOptions): Promise<void> {
    this.#clock.start();
    try {
      const onProgress = (progress: Progress) => this.#tellProgress(progress);
      const completed = await this.net.fit(this.data.train, { onProgress, ...options });
      this.#epochs += completed.length;
    } finally {
      this.#clock.stop();
    }
  }

  #tellProgress({ step: stepOfEpoch, steps: stepsOfEpoch, loss, samplesPerSecond }: Progress): void {
    const place = {
      step: this.step,
      seconds: this.#clock.seconds(),
      epoch: this.#epochs + 1,
      stepOfEpoch,
      stepsOfEpoch,
    };
    const progress = { ...place, loss: this.#lossOf(stepOfEpoch, loss), samplesPerSecond };
    this.#options.tell({ kind: 'progress', progress });
  }
}

/** Numbers of a matrix that is pictured: larger ones take too long to read a few times a second, and show nothing. */
const MOST_PICTURED = 65_536;

/** Activations of each hidden layer, the weights between layers, and the outputs. */
function picturedOf({ hidden }: Config): string[] {
  const units = [...hidden.map((layer) => layer.units), CLASSES];
  const between = units.slice(1).flatMap((out, i) => (out * units[i] <= MOST_PICTURED ? `W${i + 2}` : []));
  const outputs = hidden.map(({ activation }, i) => `${activation === 'linear' ? 'z' : 'a'}${i + 1}`);
  return [...outputs, ...between, 'prediction'];
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

function compileNet(
  { hidden, loss, optimizer, learningRate, batch, seed }: Config,
  device: Device | 'cpu',
  watched: Pick<CompileOptions, 'signal' | 'onProgress'>,
) {
  const { make, output } = losses[loss];
  const layers = hidden.map(({ units, activation }) => dense(units, activations[activation]));
  return compile(sequential([SIDE * SIDE], [...layers, dense(CLASSES, output)]), {
    device,
    batch,
    seed,
    loss: make(),
    optimizer: optimizers[optimizer]({ learningRate }),
    ...watched,
  });
}
