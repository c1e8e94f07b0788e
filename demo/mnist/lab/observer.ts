import { type EvaluateOptions, NonFiniteError, type Tensor, type Trainer } from 'retrograd';
import type { Dataset } from 'retrograd/data';
import type { Evaluated, LabEvent, Parameters } from './protocol.ts';

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

interface Observed {
  readonly net: Trainer;
  readonly test: Dataset;
  /** Where training stands. */
  readonly place: () => { readonly step: number; readonly seconds: number; readonly epochs: number };
  readonly tell: (event: LabEvent) => void;
  /** Told what went wrong while nobody waited. */
  readonly onError: (error: unknown) => void;
}

/** Tests a net and pictures its first layer: on demand, and beside training when it is time for it. */
export class Observer {
  /** The last evaluation that had a loss. */
  held: Held | undefined;
  readonly #of: Observed;
  #testing: Promise<unknown> | undefined;
  #tested = { ended: 0, took: 0 };
  #pictured = 0;

  constructor(of: Observed, held?: Held) {
    this.#of = of;
    this.held = held;
  }

  /** Tells of the test samples and of W1 as they are now. */
  async look(options?: EvaluateOptions): Promise<Held> {
    await this.#testing;
    const found = await this.#evaluate(options);
    this.#tellWeights(found.parameters['layers.0.weight']);
    return found;
  }

  /** Called during training, which does not wait for it. */
  lookIn(): void {
    const { net, onError } = this.#of;
    const now = performance.now();
    if (now - this.#pictured > PICTURES) {
      this.#pictured = now;
      net
        .tensor('W1')
        .then((weights) => this.#tellWeights(weights))
        .catch(onError);
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
    const { net, test, place, tell } = this.#of;
    const began = performance.now();
    const { step, seconds } = place();
    const [{ loss, accuracy = Number.NaN }, parameters] = await Promise.all([
      net.evaluate(test, options).catch(diverged),
      net.parameters(),
    ]);
    const evaluated = { step, seconds, loss, accuracy };
    const found = { evaluated, parameters, epochs: place().epochs };
    if (Number.isFinite(loss)) this.held = found; // nothing goes on from weights that are no numbers
    this.#tested = { ended: performance.now(), took: performance.now() - began };
    tell({ kind: 'evaluated', evaluated });
    return found;
  }

  #tellWeights(weights: Tensor): void {
    this.#pictured = performance.now();
    this.#of.tell({ kind: 'weights', weights });
  }
}

/** What a test finds of a net that has diverged. Throws any other error. */
function diverged(error: unknown): { readonly loss: number; readonly accuracy?: number } {
  if (error instanceof NonFiniteError) return { loss: Number.NaN };
  throw error;
}
