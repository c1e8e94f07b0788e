/** MNIST and Fashion-MNIST as data sets: 28×28 grey images, ten classes, 60000 for training and 10000 for testing. */
import { checkFlag, checkFunction } from '../base/arguments.ts';
import type { Source } from './bytes.ts';
import type { DatasetPair } from './dataset.ts';
import { labelledImages } from './labelled-images.ts';
import { type KnownSet, locate } from './locate.ts';
import { checkLimits, type OnProgress, type ReadLimits } from './read-options.ts';

/** Options of {@link mnist} and {@link fashionMnist}. */
export interface MnistOptions extends ReadLimits {
  /**
   * The four IDX files, plain or gzip: a folder or base URL, or the one above it (with `mnist/` or `fashion-mnist/` in it),
   * `File`s with their usual names, or a source for each. Or Keras' file of NumPy arrays: a path or URL that ends in `.npz`, or a
   * `Blob`. Default: the places that {@link mnist} lists.
   */
  from?: string | URL | Blob | Iterable<File> | IdxSources;
  /** Whether to keep the files of `from`, if they are the original ones, in the cache. Default: false. */
  keep?: boolean;
  /** Called while a file is downloaded. */
  onProgress?: OnProgress;
}

/** The four IDX files of a data set, plain or gzip. */
export interface IdxSources {
  /** Training images, `[count, rows, columns]`. */
  trainImages: Source;
  /** Training labels, `[count]`. */
  trainLabels: Source;
  /** Test images, `[count, rows, columns]`. */
  testImages: Source;
  /** Test labels, `[count]`. */
  testLabels: Source;
}

/**
 * Loads MNIST (LeCun, Cortes & Burges 1998): 60 000 training and 10 000 test images of digits, `[28, 28]` in bytes, ten
 * classes.
 *
 * It looks in `from`; without it in `mnist/` in the folder `RETROGRAD_DATA`, then in the cache, which is a folder in Node and
 * the cache of the browser in a page, and else downloads the files into the cache. Files are verified by SHA-256, unless they
 * come from `from`.
 *
 * @throws {ArgumentError} For an invalid option.
 * @throws {DataError} If it is not found, with all places, or if a file is damaged, with the byte.
 */
export const mnist = (options: MnistOptions = {}): Promise<DatasetPair> => load(knownMnist, options);

/**
 * Loads Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): images of clothes in the format of MNIST, with `fashion-mnist/` as its
 * folder. Otherwise it is like {@link mnist}.
 *
 * @throws {ArgumentError} For an invalid option.
 * @throws {DataError} If it is not found, with all places, or if a file is damaged, with the byte.
 */
export const fashionMnist = (options: MnistOptions = {}): Promise<DatasetPair> => load(knownFashionMnist, options);

interface NamedSet extends KnownSet {
  readonly classNames: readonly string[];
}

/** The two sets have the same names and shapes. */
const stems = {
  trainImages: 'train-images',
  trainLabels: 'train-labels',
  testImages: 't10k-images',
  testLabels: 't10k-labels',
};

const bytesOfMnist = {
  trainImages: 16 + 60_000 * 28 * 28,
  trainLabels: 8 + 60_000,
  testImages: 16 + 10_000 * 28 * 28,
  testLabels: 8 + 10_000,
};

const knownMnist: NamedSet = {
  name: 'MNIST',
  classNames: Array.from('0123456789'),
  folder: 'mnist',
  stems,
  mirrors: [
    'https://cdn.jsdelivr.net/gh/fgnt/mnist', // the one that lets pages of other sites read it
    'https://ossci-datasets.s3.amazonaws.com/mnist',
    'https://storage.googleapis.com/cvdf-datasets/mnist',
  ],
  sizes: bytesOfMnist,
  sums: {
    trainImages: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    trainLabels: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    testImages: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    testLabels: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
};

const knownFashionMnist: NamedSet = {
  name: 'Fashion-MNIST',
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  folder: 'fashion-mnist',
  stems,
  mirrors: [
    'https://storage.googleapis.com/tensorflow/tf-keras-datasets',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com',
  ],
  sizes: bytesOfMnist,
  sums: {
    trainImages: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    trainLabels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    testImages: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    testLabels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
};

async function load(set: NamedSet, options: MnistOptions): Promise<DatasetPair> {
  checkLimits(set.name, options, ['from', 'keep', 'onProgress']);
  checkFlag(`${set.name}: keep`, options.keep);
  checkFunction(`${set.name}: onProgress`, options.onProgress);
  return labelledImages(await locate(set, options), set);
}
