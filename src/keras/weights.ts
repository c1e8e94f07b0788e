/**
 * The weights of a tfjs model: a list of names, shapes and types, and bytes in which they follow each other. The converter may
 * have quantised them: value = stored · scale + min, or halves.
 */

import { isCount, isList, keysOf, member } from '../base/arguments.ts';
import { asBytes, type Bytes } from '../base/as-bytes.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { halfOf } from '../base/half.ts';
import { isObject } from '../base/json.ts';
import { showValue } from '../base/show-value.ts';
import { type Shape, show, size } from '../base/tensor.ts';

/** The files of the weights: their bytes one after the other, the files in the order of model.json, or by their paths in it. */
export type LayersWeights = Bytes | readonly Bytes[] | Readonly<Record<string, Bytes>>;

export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  /** Where its bytes are. */
  readonly begin: number;
  readonly end: number;
  /** Its numbers. */
  read(): Float32Array;
}

/** Bytes of a number. Texts have no fixed size. */
const types: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

const LARGEST = 2 ** 48;

/** The place of each weight in bytes of this length. Throws DataError unless the list is valid and covers these bytes. */
export function weightsIn(specs: unknown, bytes: Uint8Array, where: string): Map<string, Weight> {
  if (!isList(specs)) throw new DataError(`${where}: expected a list of weights, found ${showValue(specs)}`);
  const found = new Map<string, Weight>();
  let begin = 0;
  for (const [i, spec] of specs.entries()) {
    const weight = placeOf(spec, begin, bytes, `${where}[${i}]`);
    if (found.has(weight.name))
      throw new DataError(`${where}[${i}]: expected every name once, found ${showValue(weight.name)} twice`);
    if (weight.end > bytes.length) {
      const expected = `${weight.end - begin} bytes for ${weight.name} ${show(weight.shape)} at byte ${begin}`;
      throw new DataError(`${where}: expected ${expected}, found ${bytes.length - begin}`);
    }
    found.set(weight.name, weight);
    begin = weight.end;
  }
  if (begin !== bytes.length)
    throw new DataError(`${where}: expected weights of ${begin} bytes, found ${bytes.length}`);
  return found;
}

function placeOf(spec: unknown, begin: number, bytes: Uint8Array, where: string): Weight {
  const fail = (what: string, expected: string, value: unknown): never => {
    throw new DataError(`${where}${what}: expected ${expected}, found ${showValue(value)}`);
  };
  if (!isObject(spec)) return fail('', '{ name, shape, dtype }', spec);
  const { name, shape, dtype, quantization } = spec;
  if (typeof name !== 'string') return fail('.name', 'a text', name);
  if (!isList(shape) || !shape.every((n) => n === 0 || isCount(n))) return fail('.shape', 'integers ≥ 0', shape);
  const numbers = size(shape as Shape);
  if (!(numbers <= LARGEST)) return fail('.shape', 'numbers that can be counted', shape);
  if (typeof dtype !== 'string' || !Object.hasOwn(types, dtype))
    return fail('.dtype', Object.keys(types).join(' or '), dtype);
  const stored = quantization === undefined ? dtype : member(quantization, 'dtype');
  const [scale, min] = [member(quantization, 'scale') ?? 1, member(quantization, 'min') ?? 0];
  if (typeof stored !== 'string' || !Object.hasOwn(types, stored))
    return fail('.quantization.dtype', 'uint8, uint16 or float16', stored);
  if (!Number.isFinite(scale)) return fail('.quantization.scale', 'a finite number', scale);
  if (!Number.isFinite(min)) return fail('.quantization.min', 'a finite number', min);
  const end = begin + numbers * types[stored];
  const read = () => numbersOf(bytes.slice(begin, end).buffer, stored, scale as number, min as number);
  return { name, shape: shape as Shape, begin, end, read };
}

function numbersOf(buffer: ArrayBuffer, type: string, scale: number, min: number): Float32Array {
  if (type === 'float32') return new Float32Array(buffer);
  if (type === 'float16') return Float32Array.from(new Uint16Array(buffer), halfOf);
  const arrays = { int32: Int32Array, uint16: Uint16Array, bool: Uint8Array, uint8: Uint8Array };
  return Float32Array.from(new arrays[type as keyof typeof arrays](buffer), (stored) => stored * scale + min);
}

/** All bytes of a manifest, and its list of weights. Throws ArgumentError and DataError. */
export function joined(manifest: unknown, given: unknown): { readonly specs: unknown[]; readonly bytes: Uint8Array } {
  const fail = (expected: string, value: unknown): never => {
    throw new DataError(`model.json: weightsManifest: expected ${expected}, found ${showValue(value)}`);
  };
  if (!isList(manifest)) return fail('a list of groups', manifest);
  const [specs, paths]: [unknown[], string[]] = [[], []];
  for (const group of manifest) {
    const [weights, files] = [member(group, 'weights'), member(group, 'paths')];
    if (!isList(weights) || !isList(files) || !files.every((path) => typeof path === 'string'))
      return fail('groups of { paths, weights }', group);
    specs.push(...weights);
    paths.push(...(files as string[]));
  }
  return { specs, bytes: bytesOf(given, paths) };
}

function bytesOf(given: unknown, paths: readonly string[]): Uint8Array {
  const whole = asBytes(given, 'weights');
  if (whole) return whole;
  const expected = `the bytes of ${paths.join(', ') || 'the weights'}, in a list or by name`;
  const files = isList(given) ? given : keysOf(given) && paths.map((path) => member(given, path));
  if (!files) throw new ArgumentError(`fromLayersModel: weights must be ${expected}, found ${showValue(given)}`);
  if (files.length !== paths.length)
    throw new ArgumentError(`fromLayersModel: weights must be ${expected}, found ${files.length} of them`);
  const parts = paths.map((path, i) => {
    const bytes = asBytes(files[i], path);
    if (bytes) return bytes;
    throw new ArgumentError(`fromLayersModel: weights must be ${expected}, found ${showValue(files[i])} for ${path}`);
  });
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
