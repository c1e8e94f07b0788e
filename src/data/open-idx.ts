/** A data set in two IDX files that are read in slices, as samples are needed. */
import { checkKeys } from '../base/arguments.ts';
import { DataError } from '../base/errors.ts';
import { lengthOf } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { readSpans, type Slices } from '../base/slices.ts';
import { together } from '../base/together.ts';
import { nameOf, openSlices, type Source } from './bytes.ts';
import { labelsField, valuesField } from './described.ts';
import { expectedOf, firstRefused } from './field-numbers.ts';
import { identityOfSome } from './identity-of-some.ts';
import { type IdxHeader, LONGEST_HEADER, parseIdxHeader } from './idx.ts';
import { checkedMeaning } from './meaning.ts';
import { stored } from './parts.ts';
import type { Request, StreamedDataset, StreamedField } from './streamed.ts';

/** Options of {@link openIdx}. */
export interface OpenIdxOptions {
  /** The file of the inputs, `[count, ...shape]`, in bytes or 32-bit floats. */
  x: Source;
  /** The file of the targets: bytes `[count]` are a class per sample, floats or more dimensions are values. */
  y: Source;
  /**
   * Number of classes. Default: as many as `classNames`, else the largest class in `y` plus 1, for which that file is read
   * once.
   */
  classes?: number;
  /** Names of the classes, in the order of their index; of the outputs if the targets are values. */
  classNames?: readonly string[];
  /** Factor for `x`: the net sees `x · scale`, so 1/255 turns bytes into 0 to 1. Default: 1. */
  scale?: number;
  /** Name of the data set in messages. Default: that of the file of the inputs, without its folder. */
  name?: string;
}

/**
 * Opens a data set in two plain IDX files, such as `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` of MNIST. It reads
 * samples as they are needed, in slices of the files. So the files may be larger than the memory. A source is a path or a file
 * URL in Node, a `Blob` or `File`, or bytes in memory. Each pass over the samples opens the files and closes them.
 *
 * {@link readIdx} reads a file that fits into memory, and also takes gzip and URLs.
 *
 * @throws {ArgumentError} For an unknown option, or a source that is none.
 * @throws {DataError} For a file that is missing, packed, not IDX of bytes or floats, or not as long as its header says, and for
 * files of different counts. While the data set is read: for an invalid class or number, with the byte and the sample.
 */
export async function openIdx(options: OpenIdxOptions): Promise<StreamedDataset> {
  checkKeys('openIdx', options, ['x', 'y', 'classes', 'classNames', 'scale', 'name']);
  const { x, y, name = nameOf(x).split(/[\\/]/).at(-1) } = options;
  if (typeof name !== 'string') throw new DataError(`openIdx: name: expected a string, found ${showValue(name)}`);
  const [inX, inY] = await together([headerOf(x), headerOf(y)]);
  const count = inX.shape[0];
  if (inY.shape[0] !== count)
    throw new DataError(`${nameOf(y)}: expected ${count} samples, as in ${nameOf(x)}, found ${inY.shape[0]}`);
  const shape = inX.shape.length > 1 ? inX.shape.slice(1) : [1];
  const inputs = valuesField(name, sizeOf(inX), inX.type, options.scale);
  const targets = await targetsOf(y, inY, name, options);
  const meaning = checkedMeaning({ classNames: options.classNames }, targets.size, name);
  const files: readonly IdxColumn[] = [
    { source: x, header: inX, field: inputs, of: (request) => request.x },
    { source: y, header: inY, field: targets, of: (request) => request.y },
  ];
  const read = (requests: Iterable<Request>) => readFiles(files, requests);
  const set = { name, count, shape: Object.freeze(shape), inputs, targets, ...meaning, shuffles: true, read };
  return Object.freeze({ ...set, identity: await identityOfSome(set) });
}

/** One of the two files, and what it fills of a request. */
interface IdxColumn {
  readonly source: Source;
  readonly header: IdxHeader;
  readonly field: StreamedField;
  of(request: Request): Uint8Array | Float32Array;
}

const sizeOf = ({ shape }: IdxHeader): number => shape.slice(1).reduce((a, b) => a * b, 1);

async function headerOf(source: Source): Promise<IdxHeader> {
  const file = await openSlices(source);
  try {
    const start = new Uint8Array(Math.min(LONGEST_HEADER, file.size));
    await file.read(0, start);
    if (start[0] === 0x1f && start[1] === 0x8b)
      throw new DataError(
        `${file.where}: expected a plain IDX file, found gzip, which has no slices: unpack it with gunzip`,
      );
    return parseIdxHeader(start, file.where, file.size);
  } finally {
    await file.close();
  }
}

async function targetsOf(
  source: Source,
  header: IdxHeader,
  name: string,
  { classes, classNames }: OpenIdxOptions,
): Promise<StreamedField> {
  if (header.type === 'uint8' && header.shape.length === 1) {
    const size = classes ?? (lengthOf(classNames) || undefined) ?? (await largestOf(source, header)) + 1;
    return { ...labelsField(name, size), type: 'uint8' };
  }
  if (classes === undefined) return valuesField(name, sizeOf(header), header.type);
  const found = `found ${showValue(classes)} with target values in ${nameOf(source)}`;
  throw new DataError(`${name}.classes: expected only with class labels, ${found}`);
}

/** Bytes that are read at a time to look at each. */
const PART = 2 ** 20;

async function largestOf(source: Source, { start }: IdxHeader): Promise<number> {
  const file = await openSlices(source);
  try {
    let most = 0;
    for (let at = start; at < file.size; at += PART) {
      const bytes = new Uint8Array(Math.min(PART, file.size - at));
      await file.read(at, bytes);
      for (const byte of bytes) if (byte > most) most = byte;
    }
    return most;
  } finally {
    await file.close();
  }
}

async function* readFiles(columns: readonly IdxColumn[], requests: Iterable<Request>): AsyncGenerator<void, void> {
  const opened = await Promise.allSettled(columns.map(({ source }) => openSlices(source)));
  const files = opened.flatMap((file) => (file.status === 'fulfilled' ? [file.value] : []));
  try {
    for (const file of opened) if (file.status === 'rejected') throw file.reason;
    for (const request of requests) {
      await together(columns.map((column, i) => fill(column, files[i], request)));
      yield;
    }
  } finally {
    await together(files.map((file) => file.close()));
  }
}

async function fill({ header, field, of }: IdxColumn, file: Slices, request: Request): Promise<void> {
  const { samples } = request;
  const to = of(request);
  const width = stored(field);
  const bytes = new Uint8Array(to.buffer, to.byteOffset, to.byteLength);
  const each = width * to.BYTES_PER_ELEMENT;
  await readSpans(file, spansOf(samples, bytes, header.start, each));
  if (header.type === 'float32') swap(to as Float32Array);
  const odd = firstRefused(field, to);
  if (odd < 0) return;
  const sample = samples[Math.floor(odd / width)];
  const at = header.start + sample * each + (odd % width) * to.BYTES_PER_ELEMENT;
  throw new DataError(`${file.where}: byte ${at}: expected ${expectedOf(field)}, found ${to[odd]} in sample ${sample}`);
}

/** Where the bytes of samples are, and where they go. Samples that follow each other make one span. */
function spansOf(samples: Uint32Array, into: Uint8Array, start: number, each: number) {
  const spans: { at: number; into: Uint8Array }[] = [];
  for (let first = 0, end = 1; first < samples.length; first = end++) {
    while (end < samples.length && samples[end] === samples[end - 1] + 1) end++;
    spans.push({ at: start + samples[first] * each, into: into.subarray(first * each, end * each) });
  }
  return spans;
}

/** Turns the big-endian floats of a file into those of the machine. */
function swap(values: Float32Array): void {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(4 * i);
}
