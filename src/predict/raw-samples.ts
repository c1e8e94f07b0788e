/** Samples in the form in which they went into training -> as a net sees them: checked, and multiplied by their scale. */
import { isList } from '../base/arguments.ts';
import { isUint8Array } from '../base/as-bytes.ts';
import { DataError, ShapeError } from '../base/errors.ts';
import { isFinite32 } from '../base/float32.ts';
import { firstWhere, foundInstead, isNumbers } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import type { Shape } from '../base/tensor.ts';

/** What the numbers of samples are. */
export interface Form {
  /** Values in a sample. */
  readonly features: number;
  /** Shape of a sample, as the data set of training had it. */
  readonly shape: Shape;
  /** What they have to be: bytes, all but bytes, or any. */
  readonly type: 'uint8' | 'float32' | 'any';
  /** Factor that makes of them what the net sees. */
  readonly scale: number;
}

/** Rows of numbers, or numbers one after another, as samples [n][features]. Throws ShapeError and DataError. */
export function samplesFrom(x: unknown, form: Form): Float32Array {
  const { features } = form;
  const rows = isList(x) && typeof x[0] === 'object' ? x : [x];
  const expected = `predict: expected whole samples of ${features} values`;
  const lengths = rows.map((row, i) => {
    if (!isNumbers(row)) throw new ShapeError(`${expected}, ${foundInstead(row)}`);
    const isWhole = row.length > 0 && row.length % features === 0;
    if (isWhole && (rows !== x || row.length === features)) return row.length;
    throw new ShapeError(`${expected}, found ${row.length} values${rows === x ? ` in row ${i}` : ''}`);
  });
  const samples = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const row of rows as readonly ArrayLike<number>[]) {
    scaled(row, samples, at, form);
    at += row.length;
  }
  if (at === 0) throw new ShapeError(`${expected}, found none`);
  return samples;
}

/** Writes the numbers of some samples, times the scale, into [n][features]. */
function scaled(from: ArrayLike<number>, to: Float32Array, first: number, { features, type, scale }: Form): void {
  const isBytes = isUint8Array(from);
  if (isBytes && type === 'float32') throw new DataError(`predict: ${BYTES}`);
  const factor = Math.fround(scale);
  const odd = isBytes
    ? -1
    : firstWhere(from, type === 'uint8' ? (value) => !isByte(value) : (value) => !isFinite32(value));
  if (odd >= 0) throw refusal(odd, from[odd]);
  for (let i = 0; i < from.length; i++) to[first + i] = from[i] * factor;
  const far = scale === 1 ? -1 : firstWhere(to.subarray(first, first + from.length), (value) => !isFinite32(value));
  if (far >= 0) throw refusal(far, from[far]);

  function refusal(at: number, found: number): DataError {
    const place = `value ${(first + at) % features} of sample ${Math.floor((first + at) / features)}`;
    const expected =
      type === 'uint8'
        ? 'an integer from 0 to 255'
        : `a finite number${scale === 1 ? '' : ` that times ${scale} fits in a 32-bit float`}`;
    const hint =
      type === 'uint8' && found > 0 && found < 1
        ? `; the scale ${scale} is applied here, so give the bytes themselves`
        : '';
    return new DataError(`predict: ${place}: expected ${expected}, as in training, found ${showValue(found)}${hint}`);
  }
}

const isByte = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;

const BYTES =
  'expected numbers as in training, which was given floats, found bytes; give the same floats, or the factor that makes them of bytes: openModel(file, { scale: 1 / 255 })';
