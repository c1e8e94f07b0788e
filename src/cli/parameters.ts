/**
 * Parameters as a file: { 'layers.0.weight': { shape, data }, ... }, data as base64 of little-endian 32-bit floats in
 * row-major order, layer by layer, weights before biases.
 */
import { createHash } from 'node:crypto';
import { DataError, type Tensor } from '../index.node.ts';
import { platform } from '../platform.ts';

type Parameters = Record<string, Tensor>;

// Every platform with Dawn, and Node nearly everywhere, is little-endian.
const bytesOf = ({ data }: Tensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Of the floats' bytes of all parameters, in the order of their keys in the file. */
export function sha256(parameters: Parameters): string {
  const hash = createHash('sha256');
  for (const tensor of Object.values(parameters)) hash.update(bytesOf(tensor));
  return hash.digest('hex');
}

/** Writes all of the file or nothing, a line per tensor. Throws DataError. */
export async function saveParameters(path: string, parameters: Parameters): Promise<void> {
  const lines = Object.entries(parameters).map(([key, tensor]) => {
    const value = { shape: tensor.shape, data: bytesOf(tensor).toString('base64') };
    return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  });
  await platform.files!.write(path, new TextEncoder().encode(`{\n${lines.join(',\n')}\n}\n`));
}

/** Throws DataError naming file, key, expected and found where the file does not hold exactly `model`'s parameters. */
export async function loadParameters(path: string, model: Parameters): Promise<Parameters> {
  const file = await readJson(path);
  const extra = Object.keys(file).find((key) => !Object.hasOwn(model, key));
  if (extra !== undefined)
    throw new DataError(`${path}: expected ${Object.keys(model).join(', ')}, found also ${extra}`);
  const read = ([key, { shape }]: [string, Tensor]) => [key, tensorOf(file[key], shape, `${path}: ${key}`)];
  return Object.fromEntries(Object.entries(model).map(read));
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  const bytes = await platform.files!.read(path);
  if (!bytes) throw new DataError(`${path}: no such file`);
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isObject(value)) return value;
  } catch {}
  throw new DataError(`${path}: expected a JSON object as train --save-parameters writes, found something else`);
}

function tensorOf(found: unknown, shape: readonly number[], where: string): Tensor {
  if (!isObject(found)) throw new DataError(`${where}: expected { shape, data }, found ${kindOf(found)}`);
  if (JSON.stringify(found.shape) !== JSON.stringify(shape)) {
    throw new DataError(`${where}: expected shape [${shape}], found ${JSON.stringify(found.shape) ?? 'none'}`);
  }
  if (typeof found.data !== 'string')
    throw new DataError(`${where}.data: expected base64, found ${kindOf(found.data)}`);
  const bytes = Buffer.from(found.data, 'base64');
  const expected = 4 * shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== expected)
    throw new DataError(`${where}.data: expected ${expected} bytes, found ${bytes.length}`);
  const data = new Float32Array(new Uint8Array(bytes).buffer);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new DataError(`${where}.data[${bad}]: expected a finite number, found ${data[bad]}`);
  return { shape, data };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const kindOf = (value: unknown): string =>
  value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
