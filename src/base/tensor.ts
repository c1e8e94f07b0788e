/**
 * Shapes and how a tensor lies in GPU memory: a matrix of `rows` × `columns`, row-major, where every row is padded to a
 * multiple of four floats so that it loads as vec4. The last axis is the columns (the batch, for activations); all axes
 * before it are the rows.
 */

/** Sizes of the axes of a tensor or sample: `[784]`, `[1, 28, 28]`. */
export type Shape = readonly number[];

/** A tensor in the memory of the CPU. */
export interface Tensor {
  /** Sizes of the axes. In an activation the batch is the last one. */
  readonly shape: Shape;
  /** The numbers, row-major: last axis fastest. */
  readonly data: Float32Array;
}

export const columns = (shape: Shape): number => shape[shape.length - 1];
export const rows = (shape: Shape): number => shape.slice(0, -1).reduce((product, n) => product * n, 1);
export const size = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

/** Floats from one row to the next in GPU memory. */
export const stride = (shape: Shape): number => Math.ceil(columns(shape) / 4) * 4;
export const byteLength = (shape: Shape): number => 4 * rows(shape) * stride(shape);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);
/** Whether they lie in memory alike: which axes the rows stand for makes no difference there. */
export const sameLayout = (a: Shape, b: Shape): boolean => rows(a) === rows(b) && columns(a) === columns(b);
/**
 * Whether samples of one shape are samples of the other as they lie in memory: the same but for axes of 1, or a row of
 * numbers on either side. Other shapes of the same size have their numbers in other places.
 */
export function sameSamples(a: Shape, b: Shape): boolean {
  const [one, other] = [a, b].map((shape) => shape.filter((n) => n !== 1));
  return sameShape(one, other) || (size(a) === size(b) && Math.min(one.length, other.length) <= 1);
}
export const show = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Compact [rows][columns] -> rows padded for the GPU. */
export function pad(data: ArrayLike<number>, shape: Shape): Float32Array<ArrayBuffer> {
  const padded = new Float32Array(rows(shape) * stride(shape));
  copyRows(data, columns(shape), padded, stride(shape), shape);
  return padded;
}

/** Rows padded for the GPU -> compact [rows][columns]. */
export function unpad(data: ArrayLike<number>, shape: Shape): Float32Array<ArrayBuffer> {
  const compact = new Float32Array(size(shape));
  copyRows(data, stride(shape), compact, columns(shape), shape);
  return compact;
}

function copyRows(from: ArrayLike<number>, fromStride: number, to: Float32Array, toStride: number, shape: Shape): void {
  const [m, n] = [rows(shape), columns(shape)];
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) to[i * toStride + j] = from[i * fromStride + j];
}

/** The first n columns of a compact tensor, as one of its own. */
export function firstColumns(shape: Shape, data: ArrayLike<number>, n: number): { shape: Shape; data: Float32Array } {
  const narrow = [...shape.slice(0, -1), n];
  const out = new Float32Array(size(narrow));
  copyRows(data, columns(shape), out, n, narrow);
  return { shape: narrow, data: out };
}

/** Samples [n][width] of several things -> [n][Σ width]: of each sample one thing after the other. */
export function sideBySide(parts: readonly ArrayLike<number>[], n: number): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (let i = 0; i < n; i++)
    for (const part of parts) {
      const width = part.length / n;
      for (let k = 0; k < width; k++) out[at++] = part[i * width + k];
    }
  return out;
}

/** [n][features] (samples one after another) -> [features, batch], the columns from n on zero. */
export function toColumns(samples: ArrayLike<number>, features: number, batch: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(features * batch);
  const n = samples.length / features;
  for (let j = 0; j < n; j++) for (let i = 0; i < features; i++) out[i * batch + j] = samples[j * features + i];
  return out;
}

/** [features, batch] -> the first n columns as [n][features]. */
export function toSamples(tensor: ArrayLike<number>, features: number, batch: number, n: number): Float32Array {
  const out = new Float32Array(n * features);
  for (let j = 0; j < n; j++) for (let i = 0; i < features; i++) out[j * features + i] = tensor[i * batch + j];
  return out;
}
