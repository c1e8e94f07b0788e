/** What a data set is that stays where it is, and is read as training goes on. */
import type { Dataset, DatasetIdentity, FieldPart } from './dataset.ts';
import type { TableColumn } from './table-columns.ts';

/** How the inputs or the targets of a streamed data set are stored. */
export interface StreamedField {
  /** `'values'`: numbers `[size]` per sample. `'labels'`: a class index per sample, which the net sees as one-hot. */
  readonly kind: 'values' | 'labels';
  /** Values per sample, or number of classes. */
  readonly size: number;
  /** Factor for the stored values: 1/255 for the bytes of an image, else 1. */
  readonly scale: number;
  /** Type of the stored numbers. */
  readonly type: 'uint8' | 'float32';
  /** What a sample is made of, if it has several inputs or targets. */
  readonly parts?: readonly FieldPart[];
}

/**
 * Samples that are asked for, and where their stored numbers go: x `[n][size]`, y `[n][size]` or, for labels, `[n]`, and w, the
 * weights `[n]`, if they have some.
 */
export interface Request {
  /** Numbers of the samples, counted from 0. */
  readonly samples: Uint32Array;
  /** As the field says: a Uint8Array or a Float32Array, of exactly the numbers of these samples. */
  readonly x: Uint8Array | Float32Array;
  readonly y: Uint8Array | Float32Array;
  readonly w?: Uint8Array | Float32Array;
}

/**
 * Samples with their targets that are read as they are used, from files or a source of your own. It may be larger than the
 * memory.
 */
export interface StreamedDataset {
  /** Name in messages. */
  readonly name: string;
  /** Number of samples. */
  readonly count: number;
  /** Shape of one sample. */
  readonly shape: readonly number[];
  /** Inputs of the samples. */
  readonly inputs: StreamedField;
  /** Targets of the samples. */
  readonly targets: StreamedField;
  /** A factor for the loss of each sample, as in {@link Dataset}. */
  readonly sampleWeights?: StreamedField;
  /** Names of the classes, in the order of their index; of the outputs if the targets are values. */
  readonly classNames?: readonly string[];
  /** Columns of the table that became the inputs. */
  readonly columns?: readonly TableColumn[];
  /** Whether samples can be read in any order. If not, every pass has them in their own order, and `fit` does not shuffle. */
  readonly shuffles: boolean;
  /** Which data it is, in files that outlive it. */
  readonly identity: DatasetIdentity;
  /**
   * One pass. Fills request after request and yields once after each; throws DataError for numbers that a data set may not
   * hold, with the sample. Whoever reads it to its end, or ends it by `return()`, has it close what it opened.
   *
   * @internal
   */
  read(requests: Iterable<Request>): AsyncGenerator<void, void>;
}

/** Samples in memory, or read as they are used. */
export type AnyDataset = Dataset | StreamedDataset;
