/** EMNIST: letters and digits in the format of MNIST, in several subsets. */
import { checkFunction } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { platform } from '../platform/platform.ts';
import type { DatasetPair } from './dataset.ts';
import { type From, filesFrom, type IdxFiles, type IdxSet, noneIn, notFound, openFolder, within } from './idx-files.ts';
import { labelledImages } from './labelled-images.ts';
import type { MnistOptions } from './mnist.ts';
import { checkLimits } from './read-options.ts';

const digits = Array.from('0123456789');
const capitals = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const smalls = Array.from('abcdefghijklmnopqrstuvwxyz');
/** Small letters that look as their capitals do are one class with these. */
const merged = [...digits, ...capitals, ...Array.from('abdefghnqrt')];

const subsets = {
  balanced: merged,
  bymerge: merged,
  byclass: [...digits, ...capitals, ...smalls],
  letters: capitals,
  digits,
  mnist: digits,
};

/** Options of {@link emnist}. */
export interface EmnistOptions extends Omit<MnistOptions, 'keep'> {
  /**
   * `'byclass'`: 62 classes, digits, capital and small letters. `'bymerge'` and `'balanced'`: 47, where 15 small letters are one
   * class with their capitals. `'letters'`: 26, capital or small. `'digits'` and `'mnist'`: 10.
   */
  subset: 'balanced' | 'bymerge' | 'byclass' | 'letters' | 'digits' | 'mnist';
}

/**
 * Loads a subset of EMNIST (Cohen, Afshar, Tapson & van Schaik 2017), images of handwritten letters and digits, `[28, 28]` in
 * bytes. Its files, such as `emnist-letters-train-images-idx3-ubyte.gz`, are not downloaded: it looks in `from`, or in `emnist/` in
 * the folder `RETROGRAD_DATA`.
 *
 * The files hold the images transposed. They are turned upright here, as those of MNIST. The labels of `letters` are 1 to 26 in the
 * files, and classes from 0 here.
 *
 * @throws {ArgumentError} For an invalid option.
 * @throws {DataError} If it is not found, with all places, or if a file is damaged, with the byte.
 */
export async function emnist(options: EmnistOptions): Promise<DatasetPair> {
  checkLimits('emnist', options, ['subset', 'from', 'onProgress']);
  checkFunction('emnist: onProgress', options.onProgress);
  const { subset, from, ...more } = options;
  if (typeof subset !== 'string' || !Object.hasOwn(subsets, subset)) {
    const expected = Object.keys(subsets).map(showValue).join(', ');
    throw new ArgumentError(`emnist: subset must be one of ${expected}, found ${showValue(subset)}`);
  }
  const stem = `emnist-${subset}`;
  const set: IdxSet = {
    name: `EMNIST ${subset}`,
    folder: 'emnist',
    stems: {
      trainImages: `${stem}-train-images`,
      trainLabels: `${stem}-train-labels`,
      testImages: `${stem}-test-images`,
      testLabels: `${stem}-test-labels`,
    },
  };
  const found = from === undefined ? await fromData(set) : await filesFrom(set, from as From, more);
  return labelledImages(
    { ...found, name: set.name },
    {
      classNames: subsets[subset],
      first: subset === 'letters' ? 1 : 0,
      isTransposed: true,
    },
  );
}

async function fromData(set: IdxSet): Promise<IdxFiles> {
  const data = platform.files?.dataFolder();
  const source = data && within(data, set.folder);
  const files = source && (await openFolder(set, source, {}));
  if (files) return { source, files };
  throw notFound(set, [source ? noneIn(source) : 'RETROGRAD_DATA: not set']);
}
