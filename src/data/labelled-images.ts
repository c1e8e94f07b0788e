/** Images with a class each, from the four IDX files of a set. */
import { DataError } from '../base/errors.ts';
import { labelField } from './array-fields.ts';
import { made } from './checked-dataset.ts';
import type { Dataset, DatasetPair } from './dataset.ts';
import { parseIdx } from './idx.ts';
import type { IdxFile } from './idx-files.ts';
import type { Located } from './locate.ts';

/** What the files of a set hold. */
export interface Labelling {
  readonly classNames: readonly string[];
  /** The label of the first class. Default: 0. */
  readonly first?: number;
  /** Whether columns of pixels are stored where other sets have rows. */
  readonly isTransposed?: boolean;
}

/** Throws DataError for files that do not belong together. */
export function labelledImages({ name, source, files }: Located, labelling: Labelling): DatasetPair {
  const train = partOf(`${name} train`, files.trainImages, files.trainLabels, labelling);
  const test = partOf(`${name} test`, files.testImages, files.testLabels, labelling);
  if (`${train.shape}` === `${test.shape}`) return { train, test, source };
  throw new DataError(
    `${files.testImages.where}: expected images [${train.shape}], as in the training set, found [${test.shape}]`,
  );
}

function partOf(
  name: string,
  imageFile: IdxFile,
  labelFile: IdxFile,
  { classNames, first = 0, isTransposed = false }: Labelling,
): Dataset {
  const images = parseIdx(imageFile.bytes, imageFile.where);
  const labels = parseIdx(labelFile.bytes, labelFile.where);
  const [count] = images.shape;
  if (images.shape.length !== 3) {
    throw new DataError(`${imageFile.where}: expected shape [count, rows, columns], found [${images.shape}]`);
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new DataError(`${labelFile.where}: expected shape [${count}], one label per image, found [${labels.shape}]`);
  }
  const shape = images.shape.slice(1);
  if (isTransposed) shape.reverse();
  const data = isTransposed ? transposed(images.data, shape[0], shape[1]) : images.data;
  const classes = first === 0 ? labels.data : Float32Array.from(labels.data, (label) => label - first);
  return made({
    name,
    count,
    shape,
    inputs: { kind: 'values', data, size: shape[0] * shape[1], scale: 1 / 255 },
    targets: labelField(classes, labelFile.where, classNames.length),
    classNames: [...classNames],
  });
}

/** Images `[rows, columns]` that are stored as `[columns, rows]`. */
function transposed(stored: Uint8Array, rows: number, columns: number): Uint8Array {
  const data = new Uint8Array(stored.length);
  const size = rows * columns;
  for (let image = 0; image < stored.length; image += size) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++)
        data[image + row * columns + column] = stored[image + column * rows + row];
    }
  }
  return data;
}
