/** One net in training: trains until it is told to stop, and tells how that goes. */
import {
  type CompileOptions,
  compile,
  type Device,
  dense,
  type EpochResult,
  type EvaluateOptions,
  type FitOptions,
  NonFiniteError,
  type Progress,
  sequential,
  type Tensor,
  type Trainer,
} from 'retrograd';
import type { DatasetPair } from 'retrograd/data';
import type { Config } from '../config.ts';
import { activations, losses, optimizers } from './choices.ts';
import { createClock } from './clock.ts';
import { CLASSES, type Evaluated, type LabEvent, type Parameters, type Preparing, SIDE } from './protocol.ts';

/** Milliseconds between two pictures of W1. */
const PICTURES = 400;
/** Tests take at most this share of the time, in part shared with training, and come a second apart. */
const SHARE_OF_TESTS = 0.3;
const BETWEEN_TESTS = 1000;

/** What outlives a device: the weights of an evaluation. */
export interface Held {
  readonly evaluated: Evaluated;
  readonly parameters: Parameters;
  /** Completed until then. */
  readonly epochs: number;
}

export interface RunOptions {
  readonly config: Config;
  readonly data: DatasetPair;
  readonly device: Device | 'cpu';
  /** Goes on from here instead of from initial weights. */
  readonly from?: Held;
  /** Gives up what `createRun` does. */
  readonly signal: AbortSignal;
  tell(event: LabEvent): void;
  /** Told what went wrong while nobody waited. */
  onError(error: unknown): void;
}

export interface Run {
  /** With the learning rate of now. */
  readonly config: Config;
  readonly data: DatasetPair;
  readonly net: Trainer;
  readonly isTraining: boolean;
  /** The last that was evaluated, and had a loss. */
  readonly held: Held | undefined;
  readonly step: number;
  setLearningRate(learningRate: number): void;
  start(): void;
  /** Resolves when nothing is under way any more, and the state it stopped in has been evaluated. */
  stop(): Promise<void>;
  /** Trains so many steps. Rejects as `fit` of the net. */
  train(steps: number): Promise<void>;
  /** Goes on from the weights of a file, with an optimizer that remembers nothing. Rejects as `load` of the net. */
  load(file: Blob): Promise<void>;
  /** Tells of the test samples and of W1 as they are now. */
  look(): Promise<Held>;
  /** The same, telling how far it is, until the signal gives it up. */
  firstLook(): Promise<Held>;
  destroy(): void;
}

/** Compiles the net. Rejects with what `compile` rejects with, or the reason of the signal. */
export async function createRun({ config, data, device, from, signal, tell, onError }: RunOptions): Promise<Run> {
  const tellPreparing = (preparing: Preparing): void => tell({ kind: 'preparing', preparing });
  const net = await compileNet(config, device, { signal, onProgress: tellPreparing });
  if (from) net.setParameters(from.parameters);
  const clock = createClock(from?.evaluated.seconds);
  let stepsBefore = from?.evaluated.step ?? 0;
  let epochs = from?.epochs ?? 0;
  let training: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  let held = from;
  let testing: Promise<unknown> | undefined;
  let tested = { ended: 0, took: 0 };
  let pictured = 0;
  let destroyed = false;
  const step = () => stepsBefore + net.steps;

  const evaluate = async (options: EvaluateOptions = {}): Promise<Held> => {
    const began = performance.now();
    const at = { step: step(), seconds: clock.seconds() };
    const [{ loss, accuracy = Number.NaN }, parameters] = await Promise.all([
      net.evaluate(data.test, options).catch(diverged),
      net.parameters(),
    ]);
    const evaluated = { ...at, loss, accuracy };
    const found = { evaluated, parameters, epochs };
    if (Number.isFinite(loss)) held = found; // nothing goes on from weights that are no numbers
    tested = { ended: performance.now(), took: performance.now() - began };
    tell({ kind: 'evaluated', evaluated });
    return found;
  };

  const tellWeights = (weights: Tensor): void => {
    pictured = performance.now();
    tell({ kind: 'weights', weights });
  };

  const look = async (options?: EvaluateOptions): Promise<Held> => {
    await testing;
    const found = await evaluate(options);
    tellWeights(found.parameters['layers.0.weight']);
    return found;
  };

  /** What goes on beside training, when it is time for it. */
  const lookIn = (): void => {
    const now = performance.now();
    if (now - pictured > PICTURES) {
      pictured = now;
      net.tensor('W1').then(tellWeights).catch(onError);
    }
    if (testing || now - tested.ended < Math.max(BETWEEN_TESTS, tested.took / SHARE_OF_TESTS)) return;
    testing = evaluate()
      .catch(onError)
      .finally(() => {
        testing = undefined;
      });
  };

  const lossOf = lossesApart(config.batch, data.train.count);
  const tellProgress = ({ step: stepOfEpoch, steps: stepsOfEpoch, loss, samplesPerSecond }: Progress): void => {
    const place = { step: step(), seconds: clock.seconds(), epoch: epochs + 1, stepOfEpoch, stepsOfEpoch };
    tell({ kind: 'progress', progress: { ...place, loss: lossOf(stepOfEpoch, loss), samplesPerSecond } });
  };

  const fit = async (options: FitOptions): Promise<void> => {
    clock.start();
    try {
      const completed: EpochResult[] = await net.fit(data.train, { onProgress: tellProgress, ...options });
      epochs += completed.length;
    } finally {
      clock.stop();
    }
  };

  const untilStopped = async (signal: AbortSignal): Promise<void> => {
    const onProgress = (progress: Progress): void => {
      tellProgress(progress);
      lookIn();
    };
    try {
      for (;;) await fit({ epochs: 1, signal, onProgress });
    } catch (error) {
      if (error !== signal.reason) onError(error);
    }
    await look().catch(onError);
  };

  return {
    data,
    net,
    look: () => look(),
    firstLook: () =>
      look({ signal, onProgress: ({ done, count }) => tellPreparing({ phase: 'test', done, total: count }) }),
    get config() {
      return { ...config, learningRate: net.learningRate };
    },
    get isTraining() {
      return training !== undefined;
    },
    get held() {
      return held;
    },
    get step() {
      return step();
    },
    setLearningRate(learningRate) {
      net.learningRate = learningRate;
    },
    start() {
      if (training || destroyed) return;
      const stop = new AbortController();
      const ended = untilStopped(stop.signal).finally(() => {
        training = undefined;
        tell({ kind: 'status', status: 'paused' });
      });
      training = { stop, ended };
      tell({ kind: 'status', status: 'running' });
    },
    async stop() {
      training?.stop.abort();
      await training?.ended;
    },
    train: (steps) => fit({ steps }),
    async load(file) {
      const reached = step();
      await net.load(file, { weightsOnly: true });
      stepsBefore = reached; // it counts from 0 again
    },
    destroy() {
      destroyed = true;
      training?.stop.abort();
      net.destroy();
    },
  };
}

/** What a test finds of a net that has diverged. Throws any other error. */
function diverged(error: unknown): { readonly loss: number; readonly accuracy?: number } {
  if (error instanceof NonFiniteError) return { loss: Number.NaN };
  throw error;
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
