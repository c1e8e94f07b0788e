/** The samples that `predict` is given: a table, pictures, or images in an IDX or NumPy file. */
import { join, relative, resolve } from 'node:path';
import { allocate } from '../base/numbers.ts';
import { sameSamples, show } from '../base/tensor.ts';
import type { DataFacts } from '../data/data-facts.ts';
import { imageIn } from '../data/image-bytes.ts';
import { picturesIn } from '../data/image-folders.ts';
import { csv, npy, readIdx, readImage } from '../data.node.ts';
import { ArgumentError, DataError, type Shape } from '../index.node.ts';
import { local } from '../platform/write-file.node.ts';
import type { RawSamples } from '../predict/predictor.ts';
import type { Saved } from '../saved/model-text.ts';
import { delimiterOf, isIdx, isPicture, isTable } from './data-options.ts';
import { isFolder } from './files.ts';
import { countBar } from './progress.ts';

export interface Samples {
  readonly samples: RawSamples;
  /** What each is called: its number, counted from 1, or its file. */
  nameOf(sample: number): string;
}

/** Throws ArgumentError for a file of another kind, DataError for one that is damaged or has other samples than the net takes. */
export async function samplesIn(path: string, file: string, saved: Saved, delimiter?: string): Promise<Samples> {
  const where = resolve(local(path));
  const { model, data } = saved;
  const shape = data?.shape ?? model.input;
  const nameOf = (sample: number): string => String(sample + 1);
  if (isTable(path)) return { samples: await tableFor(where, file, data, delimiter), nameOf };
  if (isFolder(where))
    return picturesFor(await picturesIn(where), shape, (picture) => join(path, relative(where, picture)));
  if (isPicture(path)) return picturesFor([where], shape, () => path);
  if (/\.npy$/i.test(path)) return { samples: wholeSamples(await npy(where), shape, path), nameOf };
  if (isIdx(path)) return { samples: wholeSamples(await readIdx(where), shape, path), nameOf };
  const expected = 'a CSV file (.csv or .tsv), a PNG or JPEG picture, a folder of them, or an IDX or .npy file';
  throw new ArgumentError(`--input: expected ${expected}, found ${path}`);
}

/** The numbers of an array [n, ...sample], or of one sample. Throws DataError for another shape. */
function wholeSamples(array: { shape: Shape; data: ArrayLike<number> }, sample: Shape, path: string): RawSamples {
  const [, ...rest] = array.shape;
  if (sameSamples(rest, sample) || sameSamples(array.shape, sample)) return array.data;
  throw new DataError(`${path}: expected samples of shape ${show(sample)}, found an array of ${show(array.shape)}`);
}

async function tableFor(where: string, file: string, facts?: DataFacts, delimiter?: string): Promise<RawSamples> {
  if (!facts?.columns)
    throw new DataError(`${where}: expected a net that was trained on a table, found ${file}, which names no columns`);
  const { columns, scale, type, shape } = facts;
  return csv(where, { columns, scale, type, shape, delimiter: delimiter ?? delimiterOf(where) });
}

/** Files that are read at a time. */
const AT_A_TIME = 8;

/** `named` is what the picture of a path is called. */
async function picturesFor(paths: readonly string[], shape: Shape, named: (path: string) => string): Promise<Samples> {
  const image = imageIn(shape);
  if (!image)
    throw new DataError(`--input: expected a net of images with 1 or 3 channels for pictures, found one of [${shape}]`);
  const { channels, height, width } = image;
  const count = paths.length * channels * height * width;
  const samples = allocate('--input', count, (n) => new Uint8Array(n));
  const reading = countBar('pictures');
  try {
    for (let at = 0; at < paths.length; at += AT_A_TIME) {
      const some = paths.slice(at, at + AT_A_TIME);
      const read = await Promise.all(some.map((path) => readImage(path, { size: [height, width], channels })));
      read.forEach((bytes, i) => void samples.set(bytes, (at + i) * bytes.length));
      reading.show({ done: at + some.length, count: paths.length });
    }
  } finally {
    reading.clear();
  }
  return { samples, nameOf: (sample) => named(paths[sample]) };
}
