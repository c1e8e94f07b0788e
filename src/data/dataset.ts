/** What a data set is: plain data. */

/** One quantity of every sample (its input or its target), samples one after another. */
export interface Field {
  /** `values`: numbers, [count][size]. `labels`: one class index per sample, [count]; the network sees it one-hot. */
  readonly kind: 'values' | 'labels';
  /** Bytes or floats as stored; class indices too (floats only where there are more than 256 classes). */
  readonly data: Uint8Array | Float32Array;
  /** Values per sample, or the number of classes. */
  readonly size: number;
  /** A stored value times this is what the network sees: 1/255 for bytes of an image, else 1. */
  readonly scale: number;
}

/**
 * Samples with their targets: plain data, checked when it is made (see `fromArrays`), or where it is handed over if you made
 * it yourself. `fit` and `evaluate` each copy its samples, and keep the copies of the last four sets: make another data set
 * instead of writing to the arrays of one that was made.
 */
export interface Dataset {
  /** Said wherever the data set is named: 'MNIST train', 'digits test'. */
  readonly name: string;
  /** Samples. */
  readonly count: number;
  /** Shape of one sample: [28, 28] for an image. */
  readonly shape: readonly number[];
  readonly inputs: Field;
  readonly targets: Field;
}

export interface DatasetPair {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Where it came from: a folder, a URL, or 'built in'. */
  readonly source: string;
}
