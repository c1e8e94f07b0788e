/** Damaged files of every format that is read whole: each gives a valid result or a DataError, and nothing else. */
import { expect, test } from 'vitest';
import { DataError } from '../../src/base/errors.ts';
import { pack } from '../../src/data/idx.ts';
import { csv, npy, npz, readIdx } from '../../src/data/index.ts';
import { MUTATIONS, mutated } from '../support/mutations.ts';
import numpy from './numpy-cases.json';

const table = `weight,colour,"legs, all",kind
4.2,black,4,cat
"30",brown,4,dog
0.03,"yellow ""x""",NA,bird
3.9e0,"br
own",4,cat
`;
const text = new TextEncoder().encode(table);
const idx = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
const fileOf = (encoded: string) => new Uint8Array(Buffer.from(encoded, 'base64'));
const caseOf = (name: string) => fileOf(numpy.cases.find((each) => each.name === name)!.file);

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const isWhole = ({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }): boolean =>
  data.length === size(shape);
const areFinite = (data: ArrayLike<number>): boolean => Array.from(data).every(Number.isFinite);

/** A good file, and what reads it and says whether the result is valid. */
const formats: Record<string, [Uint8Array<ArrayBuffer>, (file: Uint8Array) => Promise<boolean>]> = {
  csv: [text, async (file) => isTable(await csv(file, { target: 'kind', missing: 'mean' }))],
  'csv, split': [
    text,
    async (file) => isTable((await csv(file, { target: 0, missing: 'drop', categorical: [1], test: 1 })).train),
  ],
  'csv, gzip': [await packed(text), async (file) => isTable(await csv(file, { target: 'kind', missing: 'mean' }))],
  idx: [idx, async (file) => isWhole(await readIdx(file))],
  npy: [caseOf('>i8'), async (file) => isWhole(await npy(file))],
  'npy, Fortran order': [caseOf('Fortran order'), async (file) => isWhole(await npy(file))],
  'npz, stored': [fileOf(numpy.archives.stored), async (file) => Object.values(await npz(file)).every(isWhole)],
  'npz, deflated': [fileOf(numpy.archives.deflated), async (file) => Object.values(await npz(file)).every(isWhole)],
};

async function packed(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await pack(bytes));
}

function isTable({ count, inputs, targets }: Awaited<ReturnType<typeof csv>>): boolean {
  return inputs.data.length === count * inputs.size && areFinite(inputs.data) && areFinite(targets.data);
}

test.each(Object.entries(formats))('%s', { timeout: 600_000 }, async (_, [file, isValid]) => {
  expect(await isValid(file)).toBe(true);
  let refused = 0;
  for (let seed = 0; seed < MUTATIONS; seed++) {
    const outcome = await isValid(mutated(file, seed)).catch((error: unknown) => error);
    if (outcome instanceof DataError) refused++;
    else if (outcome !== true) throw new Error(`seed ${seed}: ${outcome}`, { cause: outcome });
  }
  expect(refused).toBeGreaterThan(MUTATIONS / 10);
  expect(refused).toBeLessThan(MUTATIONS);
});
