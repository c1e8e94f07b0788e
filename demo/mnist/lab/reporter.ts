import { type EvaluateOptions, type Evaluation, NonFiniteError, type Observer, observe, type Trainer } from 'retrograd';
import { type DatasetPair, take } from 'retrograd/data';
import type { Evaluated, LabEvent } from './protocol.ts';

/** Milliseconds between two pictures of the net. */
const PICTURES = 400;
/** Tests take at most this share of the time, in part shared with training, and come a second apart. */
const SHARE_OF_TESTS = 0.3;
const BETWEEN_TESTS = 1000;
/** Training samples that a test reads too, to tell what the net knows by heart. */
const TRAINING_SAMPLES = 1000;

/** Steps and completed epochs that the counts of a net leave out: it counts from 0 again after weights came from a file. */
export interface Before {
  readonly steps: number;
  readonly epochs: number;
}

/** What outlives a device and a visit: an evaluation, and the checkpoint of its step, which training goes on from bit by bit. */
export interface Held {
  readonly evaluated: Evaluated;
  readonly before: Before;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** Tensors of a forward pass that are pictured. */
export interface Pictured {
  /** The first layer that has weights, from 1. */
  readonly layer: number;
  /** 'a1', 'W2', 'prediction' */
  readonly others: readonly string[];
}

interface Observed {
  readonly net: Trainer;
  readonly data: DatasetPair;
  readonly pictured: Pictured;
  /** Where training stands. */
  readonly place: () => { readonly step: number; readonly seconds: number; readonly before: Before };
  readonly tell: (event: LabEvent) => void;
  /** Told what went wrong while nobody waited. */
  readonly onError: (error: unknown) => void;
}

/** Tests a net and pictures its weights and activations: on demand, and beside training when it is time for it. */
export class Reporter {
  /** The last evaluation that had a loss. */
  held: Held | undefined;
  readonly #of: Observed;
  #sample: Observer | undefined;
  #testing: Promise<unknown> | undefined;
  #tested = { ended: 0, took: 0 };
  #pictured = 0;

  constructor(of: Observed, held?: Held) {
    this.#of = of;
    this.held = held;
  }

  /** Pictures what the net computes of one image, from now on. */
  async watch(pixels: Float32Array): Promise<void> {
    const { net, pictured } = this.#of;
    const before = this.#sample;
    this.#sample = await observe(net, pixels, [`W${pictured.layer}`, ...pictured.others]);
    before?.destroy();
    await this.#picture();
  }

  /** Tells of the test samples and of the pictures as they are now. */
  async look(options?: EvaluateOptions): Promise<Evaluated> {
    await this.#testing;
    const evaluated = await this.#evaluate(options);
    await this.#picture();
    return evaluated;
  }

  /** Called during training, which does not wait for it. */
  lookIn(): void {
    const { onError } = this.#of;
    const now = performance.now();
    if (now - this.#pictured > PICTURES) {
      this.#pictured = now;
      this.#picture().catch(onError);
    }
    const { ended, took } = this.#tested;
    if (this.#testing || now - ended < Math.max(BETWEEN_TESTS, took / SHARE_OF_TESTS)) return;
    this.#testing = this.#evaluate()
      .catch(onError)
      .finally(() => {
        this.#testing = undefined;
      });
  }

  async #evaluate(options: EvaluateOptions = {}): Promise<Evaluated> {
    const { net, data, place, tell } = this.#of;
    const began = performance.now();
    const { step, seconds, before } = place();
    const [{ loss, accuracy = Number.NaN }, file, training] = await Promise.all([
      net.evaluate(data.test, options).catch(ifDiverged(lost)),
      net.save().catch(ifDiverged(undefined)),
      net.evaluate(take(data.train, Math.min(TRAINING_SAMPLES, data.train.count))).catch(ifDiverged(lost)),
    ]);
    const evaluated = { step, seconds, loss, accuracy, trainingAccuracy: training.accuracy ?? Number.NaN };
    if (Number.isFinite(loss) && file) this.held = { evaluated, before, file }; // training cannot go on from NaN
    this.#tested = { ended: performance.now(), took: performance.now() - began };
    tell({ kind: 'evaluated', evaluated });
    return evaluated;
  }

  async #picture(): Promise<void> {
    const { net, tell, pictured } = this.#of;
    const { [`W${pictured.layer}`]: weights, ...tensors } = (await this.#sample?.read()) ?? {
      [`W${pictured.layer}`]: (await net.parameters())[`layers.${pictured.layer - 1}.weight`],
    };
    this.#pictured = performance.now();
    tell({ kind: 'weights', weights });
    if (this.#sample) tell({ kind: 'activity', tensors });
  }
}

/** What a test finds of a net that has diverged. */
const lost: Pick<Evaluation, 'loss' | 'accuracy'> = { loss: Number.NaN };

/** What stands for the result of work on a net that has diverged; any other error is thrown. */
const ifDiverged =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof NonFiniteError) return instead;
    throw error;
  };
