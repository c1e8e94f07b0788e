import { type EvaluateOptions, NonFiniteError, type Observer, observe, type Tensor, type Trainer } from 'retrograd';
import { type DatasetPair, take } from 'retrograd/data';
import type { Evaluated, LabEvent, Parameters } from './protocol.ts';

/** Milliseconds between two pictures of the net. */
const PICTURES = 400;
/** Tests take at most this share of the time, in part shared with training, and come a second apart. */
const SHARE_OF_TESTS = 0.3;
const BETWEEN_TESTS = 1000;
/** Training samples that a test reads too, to tell what the net knows by heart. */
const TRAINING_SAMPLES = 1000;

/** What outlives a device: the weights of an evaluation. */
export interface Held {
  readonly evaluated: Evaluated;
  readonly parameters: Parameters;
  /** Completed until then. */
  readonly epochs: number;
}

interface Observed {
  readonly net: Trainer;
  readonly data: DatasetPair;
  /** Tensors of a forward pass that are pictured: 'a1', 'W2', 'prediction'. */
  readonly pictured: readonly string[];
  /** Where training stands. */
  readonly place: () => { readonly step: number; readonly seconds: number; readonly epochs: number };
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
    this.#sample = await observe(net, pixels, ['W1', ...pictured]);
    before?.destroy();
    await this.#picture();
  }

  /** Tells of the test samples and of the pictures as they are now. */
  async look(options?: EvaluateOptions): Promise<Held> {
    await this.#testing;
    const found = await this.#evaluate(options);
    await this.#picture(found.parameters['layers.0.weight']);
    return found;
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

  async #evaluate(options: EvaluateOptions = {}): Promise<Held> {
    const { net, data, place, tell } = this.#of;
    const began = performance.now();
    const { step, seconds } = place();
    const [{ loss, accuracy = Number.NaN }, parameters, training] = await Promise.all([
      net.evaluate(data.test, options).catch(diverged),
      net.parameters(),
      net.evaluate(take(data.train, Math.min(TRAINING_SAMPLES, data.train.count))).catch(diverged),
    ]);
    const evaluated = { step, seconds, loss, accuracy, trainingAccuracy: training.accuracy ?? Number.NaN };
    const found = { evaluated, parameters, epochs: place().epochs };
    if (Number.isFinite(loss)) this.held = found; // training cannot go on from weights that are NaN
    this.#tested = { ended: performance.now(), took: performance.now() - began };
    tell({ kind: 'evaluated', evaluated });
    return found;
  }

  /** `known`: W1, where it has been read already. */
  async #picture(known?: Tensor): Promise<void> {
    const { net, tell } = this.#of;
    const { W1: weights, ...tensors } = (await this.#sample?.read()) ?? { W1: known ?? (await net.tensor('W1')) };
    this.#pictured = performance.now();
    tell({ kind: 'weights', weights });
    if (this.#sample) tell({ kind: 'activity', tensors });
  }
}

/** What a test finds of a net that has diverged. Throws any other error. */
function diverged(error: unknown): { readonly loss: number; readonly accuracy?: number } {
  if (error instanceof NonFiniteError) return { loss: Number.NaN };
  throw error;
}
