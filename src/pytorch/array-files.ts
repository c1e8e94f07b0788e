/** Data sets as files of NumPy, with a text that says how a net sees them: what data.py reads from data/. */
import { ShapeError } from '../base/errors.ts';
import { checkedDataset } from '../data/checked-dataset.ts';
import type { Dataset, Field } from '../data/dataset.ts';
import { stored } from '../data/parts.ts';
import { features, type Model, outputs } from '../nn/model.ts';

/**
 * Files by name: `data/data.json`, and `data/train-inputs.npy` and others; none for no parts. Throws as `checkedDataset`, and
 * ShapeError for samples that do not fit the model.
 */
export function arrayFiles(
  model: Model,
  parts: Readonly<Record<string, Dataset>>,
): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = {};
  const described: Record<string, object> = {};
  for (const [part, given] of Object.entries(parts)) {
    const dataset = checkedDataset(given, `exportPyTorch: ${part}`);
    const { inputs, targets, sampleWeights } = dataset;
    demandSize(`exportPyTorch: ${part}: inputs`, inputs, features(model));
    demandSize(`exportPyTorch: ${part}: targets`, targets, outputs(model));
    const fields = Object.entries({ inputs, targets, ...(sampleWeights && { sampleWeights }) });
    for (const [name, field] of fields) files[`data/${part}-${name}.npy`] = formatNpy(field, dataset.count);
    described[part] = Object.fromEntries(fields.map(([name, field]) => [name, describe(field)]));
  }
  if (Object.keys(described).length > 0) files['data/data.json'] = `${JSON.stringify(described, undefined, 2)}\n`;
  return files;
}

function demandSize(what: string, { size }: Field, expected: number): void {
  if (size === expected) return;
  throw new ShapeError(`${what}: expected ${expected} values per sample, as the model has, found ${size}`);
}

const describe = ({ kind, size, scale, parts }: Field): object => ({
  ...{ kind, size, scale },
  ...(parts && { parts: parts.map(({ name, kind, size }) => ({ name, kind, size })) }),
});

/** Where the bytes of the array begin, divisible by this. */
const ALIGNMENT = 64;
const MAGIC = [0x93, ...new TextEncoder().encode('NUMPY'), 1, 0];

/** A file of NumPy, version 1.0: magic, the size of the header, the header, `[count]` or `[count, stored]` numbers. */
function formatNpy(field: Field, count: number): Uint8Array {
  const { data, kind, parts } = field;
  const shape = kind === 'labels' && !parts ? `(${count},)` : `(${count}, ${stored(field)})`;
  const type = data.BYTES_PER_ELEMENT === 1 ? '|u1' : '<f4';
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  const start = MAGIC.length + 2;
  const size = Math.ceil((start + text.length + 1) / ALIGNMENT) * ALIGNMENT - start;
  const bytes = new Uint8Array(start + size + data.byteLength);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(MAGIC.length, size, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(size - 1)}\n`), start);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + size);
  return bytes;
}
