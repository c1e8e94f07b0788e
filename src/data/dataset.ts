/** What a data set is: plain data. */
import type { TableColumn } from './table-columns.ts';

/** One of several inputs, or of several targets, of a sample. */
export interface FieldPart {
  /** Name of the input or target. */
  readonly name: string;
  /** `'values'`: numbers. `'labels'`: a class index, which the net sees as one-hot. */
  readonly kind: 'values' | 'labels';
  /** Values per sample, or number of classes. */
  readonly size: number;
  /** Shape of one sample of an input. */
  readonly shape?: readonly number[];
  /** How its numbers were given. */
  readonly type: 'uint8' | 'float32';
  /** Factor for the numbers as they were given. */
  readonly scale: number;
  /** Names of the classes of a target, in the order of their index; of its outputs if it has values. */
  readonly classNames?: readonly string[];
}

/** The inputs or the targets of all samples. */
export interface Field {
  /** `'values'`: numbers `[count][size]`. `'labels'`: a class index per sample, `[count]`, which the net sees as one-hot. */
  readonly kind: 'values' | 'labels';
  /** The stored numbers or class indices; indices are floats only if there are more than 256 classes. */
  readonly data: Uint8Array | Float32Array;
  /** Values per sample, or number of classes. */
  readonly size: number;
  /** Factor for the stored values: 1/255 for the bytes of an image, else 1. */
  readonly scale: number;
  /**
   * What a sample is made of, one part after the other, if it has several inputs or targets. `kind` is `'values'` then, `size` the
   * sum of the sizes, and `data` has one number for each part that is a class.
   */
  readonly parts?: readonly FieldPart[];
}

/**
 * Samples with their targets, as plain data. `fromArrays` makes and checks one; one made by hand is checked wherever it
 * is used.
 *
 * Do not write to the arrays of a data set: a net keeps a copy of the samples of the last four data sets that it saw. Make
 * another data set instead.
 */
export interface Dataset {
  /** Name in messages: `'MNIST train'`, `'digits test'`. */
  readonly name: string;
  /** Number of samples. */
  readonly count: number;
  /** Shape of one sample: `[28, 28]` for a grey image. */
  readonly shape: readonly number[];
  /** Inputs of the samples. */
  readonly inputs: Field;
  /** Targets of the samples. */
  readonly targets: Field;
  /** A factor ≥ 0 for the loss of each sample: values of size 1, as floats. Absent where all samples count alike. */
  readonly sampleWeights?: Field;
  /** Names of the classes, in the order of their index; of the outputs if the targets are values. */
  readonly classNames?: readonly string[];
  /** Columns of the table that became the inputs. */
  readonly columns?: readonly TableColumn[];
}

/** A data set in two parts. */
export interface DatasetPair {
  /** Samples to train on. */
  readonly train: Dataset;
  /** Samples to test on. */
  readonly test: Dataset;
  /** Where it came from: a folder, a URL, or `'generated'`. */
  readonly source: string;
}

/** Which data set it is, in files that outlive it. */
export interface DatasetIdentity {
  /** Name in messages. */
  readonly name: string;
  /** Samples. */
  readonly count: number;
  /** A digest of everything the network sees. It does not protect secrets. */
  readonly digest: string;
}
