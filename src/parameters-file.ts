/**
 * Parameters as text: { 'layers.0.weight': { shape, data }, ... }, data as base64 of little-endian 32-bit floats in
 * row-major order, a line per tensor. What the command writes a page can read, and the other way round.
 */
import { DataError } from './errors.ts';
import { size } from './tensor.ts';
import type { Tensor } from './trainer.ts';

type Parameters = Record<string, Tensor>;

/** The text of a file that holds these parameters, as `net.parameters()` gives them. */
export function formatParameters(parameters: Parameters): string {
  const lines = Object.entries(parameters).map(
    ([key, { shape, data }]) => `  ${JSON.stringify(key)}: ${JSON.stringify({ shape, data: toBase64(bytesOf(data)) })}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

/**
 * The parameters in such a text, for `net.setParameters()`; `model` are those that the net has now.
 * @param name of the file, for messages
 * @throws DataError naming file, key, expected and found where the text does not hold exactly the model's parameters
 */
export function parseParameters(text: string, model: Parameters, name = 'parameters'): Parameters {
  const file = parseObject(text, name);
  const extra = Object.keys(file).find((key) => !Object.hasOwn(model, key));
  if (extra !== undefined)
    throw new DataError(`${name}: expected ${Object.keys(model).join(', ')}, found also ${extra}`);
  const read = ([key, { shape }]: [string, Tensor]) => [key, tensorOf(file[key], shape, `${name}: ${key}`)];
  return Object.fromEntries(Object.entries(model).map(read));
}

function parseObject(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {}
  throw new DataError(`${name}: expected a JSON object as train --save-parameters writes, found something else`);
}

function tensorOf(found: unknown, shape: readonly number[], where: string): Tensor {
  if (!isObject(found)) throw new DataError(`${where}: expected { shape, data }, found ${kindOf(found)}`);
  if (JSON.stringify(found.shape) !== JSON.stringify(shape)) {
    throw new DataError(`${where}: expected shape [${shape}], found ${JSON.stringify(found.shape) ?? 'none'}`);
  }
  if (typeof found.data !== 'string')
    throw new DataError(`${where}.data: expected base64, found ${kindOf(found.data)}`);
  const bytes = fromBase64(found.data);
  if (!bytes) throw new DataError(`${where}.data: expected base64, found other characters`);
  const expected = 4 * size(shape);
  if (bytes.length !== expected)
    throw new DataError(`${where}.data: expected ${expected} bytes, found ${bytes.length}`);
  const data = new Float32Array(bytes.buffer);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new DataError(`${where}.data[${bad}]: expected a finite number, found ${data[bad]}`);
  return { shape, data };
}

// Every platform with WebGPU, and Node nearly everywhere, is little-endian.
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Bytes that become characters at a time: whole groups of three, and few enough to be arguments of one call. */
const PART = 3 * 8192;

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += PART) parts.push(btoa(String.fromCharCode(...bytes.subarray(i, i + PART))));
  return parts.join('');
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const characters = atob(text);
    const bytes = new Uint8Array(characters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
    return bytes;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const kindOf = (value: unknown): string =>
  value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
