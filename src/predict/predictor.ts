/** A model that predicts. */
import { member } from '../base/arguments.ts';
import { StateError } from '../base/errors.ts';
import { argmax } from '../base/numbers.ts';
import type { Shape } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import type { StreamedDataset } from '../data/streamed.ts';
import type { TableRow } from '../data/table-rows.ts';
import { checkInputs } from '../nn/demands.ts';
import { type Model, outputs, type Predictions, predictionsOf } from '../nn/model.ts';
import type { Summary } from '../nn/summary.ts';
import type { Pixels } from '../platform/image-decoder.ts';
import { insteadOfClasses } from '../saved/choice.ts';
import type { Metrics } from '../train/asked.ts';
import type { EvaluateOptions, Evaluation, Measured } from '../train/evaluate.ts';
import type { Opened } from './opened.ts';
import { samplesOf } from './samples.ts';

/**
 * Samples in the form in which they went into training: numbers one after another `[n][features]`, a row of them per sample,
 * rows of the table that it was trained on, pictures such as an ImageData, which are resized, or a data set. Of a model of several
 * inputs, the samples of each by name.
 */
export type RawSamples = InputSamples | Readonly<Record<string, InputSamples>> | Dataset | StreamedDataset;

/** Samples of one input. */
export type InputSamples =
  | ArrayLike<number>
  | readonly ArrayLike<number>[]
  | Pixels
  | readonly Pixels[]
  | TableRow
  | readonly TableRow[];

/** The class of a sample. */
export interface Classified {
  /** Name of the class, or its index as text where the file has no names. */
  readonly className: string;
  /** Index of the class. */
  readonly index: number;
  /** Its output, which is its probability after softmax. */
  readonly probability: number;
}

/**
 * A model that was opened from its file; made by {@link openModel}.
 *
 * Calls may be made at any time, also while others are under way. Every one rejects with a StateError after
 * {@link Predictor.destroy}, and with a DeviceLostError if the device is lost.
 */
export class Predictor<M extends Model = Model> {
  readonly #opened: Opened;
  #evaluate?: Promise<(dataset: Dataset | StreamedDataset, options: EvaluateOptions) => Promise<Evaluation>>;
  #closed = false;

  /** @internal */
  constructor(opened: Opened) {
    this.#opened = opened;
  }

  /** Shape of one sample. */
  get input(): Shape {
    return this.model.input;
  }

  /** Names of the classes, or of the outputs, if the data set of training had any. */
  get classNames(): readonly string[] | undefined {
    return this.#opened.saved.data?.classNames;
  }

  /** The model, as plain data. */
  get model(): Model {
    return this.#opened.saved.model;
  }

  /** Layers, shapes, parameters and multiply-adds; `print` shows them as a table. */
  async summary(): Promise<Summary> {
    const { summarize } = await import('../nn/summary.ts');
    return summarize(this.model);
  }

  /**
   * Predicts the outputs of samples: probabilities if the loss of training took logits, else the output of the model.
   *
   * @param x Any number of samples.
   * @returns Predictions `[n][outputs]`; of a model of several outputs, those of each by its name.
   * @throws {ShapeError} For an `x` that does not hold whole samples.
   * @throws {DataError} For numbers that are not as those of training, such as floats for a net that was trained on bytes.
   * @throws {NonFiniteError} For a prediction that is NaN or infinite.
   */
  async predict(x: RawSamples): Promise<Predictions<M>> {
    return predictionsOf(this.model as M, await this.#predict(x));
  }

  async #predict(x: RawSamples): Promise<Float32Array> {
    this.#assertOpen('predict');
    const { batcher, saved } = this.#opened;
    if (member(x, 'inputs') === undefined) {
      const samples = await samplesOf(x, this.#opened);
      checkInputs(this.model, { data: samples }, 'predict: x');
      return batcher.run(samples);
    }
    const { predictOn } = await import('./on-datasets.ts');
    return predictOn(x as Dataset | StreamedDataset, saved, batcher);
  }

  /**
   * Finds the class of each sample: the one with the highest output.
   *
   * @param x Any number of samples, as for {@link Predictor.predict}.
   * @throws {StateError} For a net that does not choose between classes: one with a single output, with several labels, or with
   * values as targets.
   */
  async classify(x: RawSamples): Promise<Classified[]> {
    const classes = outputs(this.model);
    const what = insteadOfClasses(this.#opened.saved);
    if (what) throw new StateError(`classify: this model ${what}, and so does not choose between classes; use predict`);
    const found = await this.#predict(x);
    return Array.from({ length: found.length / classes }, (_, i) =>
      this.#best(found.subarray(i * classes, (i + 1) * classes)),
    );
  }

  #best(values: Float32Array): Classified {
    const index = argmax(values);
    return { className: this.classNames?.[index] ?? String(index), index, probability: values[index] };
  }

  /**
   * Computes the loss and the accuracy on a data set, with the loss of training.
   *
   * @throws {ArgumentError} For an invalid option.
   * @throws {ShapeError} For a data set that does not fit the model.
   * @throws {DataError} For targets that the loss does not take.
   * @throws {NonFiniteError} For an output or a loss that is NaN or infinite.
   */
  evaluate<const M extends Metrics>(
    dataset: Dataset | StreamedDataset,
    options: EvaluateOptions<M> & { metrics: M },
  ): Promise<Measured<M>>;
  /** Computes loss and accuracy as above, and nothing else unless the options have `metrics`. */
  evaluate(dataset: Dataset | StreamedDataset, options?: EvaluateOptions): Promise<Evaluation>;
  async evaluate(dataset: Dataset | StreamedDataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    this.#assertOpen('evaluate');
    this.#evaluate ??= import('./on-datasets.ts').then(({ evaluatorOn }) => evaluatorOn(this.#opened));
    return (await this.#evaluate)(dataset, options);
  }

  /** Frees all buffers, and the device if `openModel` opened it. It may be called twice. */
  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#opened.batcher.close();
    this.#opened.engine.destroy();
    this.#opened.ownDevice?.destroy();
  }

  /** Calls {@link Predictor.destroy}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
  }

  #assertOpen(what: string): void {
    if (this.#closed) throw new StateError(`${what}: this model has been destroyed`);
  }
}
