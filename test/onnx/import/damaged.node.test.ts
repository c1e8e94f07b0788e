/** Damaged ONNX files: each is a net whose parameters are those of its model, or a DataError, soon, and in little memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DataError } from '../../../src/base/errors.ts';
import { parametersOf } from '../../../src/nn/model.ts';
import { fromOnnx } from '../../../src/onnx/import/from-onnx.ts';
import { differences } from '../../../src/saved/differences.ts';
import { MUTATIONS, mutated } from '../../support/mutations.ts';

const folder = fileURLToPath(new URL('../data/', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.onnx') && name !== 'lenet.onnx');

/** The net, or undefined for a DataError. Throws anything else. */
async function read(bytes: Uint8Array) {
  try {
    return await fromOnnx(bytes);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

test.each(names)('%s, damaged', { timeout: 600_000 }, async (name) => {
  const file = Uint8Array.from(readFileSync(folder + name));
  const count = Math.ceil(MUTATIONS / 5);
  let refused = 0;
  for (let seed = 0; seed < count; seed++) {
    const net = await read(mutated(file, seed)).catch((cause: unknown) => {
      throw new Error(`seed ${seed}: ${cause}`, { cause });
    });
    if (!net) refused++;
    else expect(differences(parametersOf(net.model), net.parameters), `seed ${seed}`).toEqual([]);
  }
  expect(refused).toBeGreaterThan(count / 4);
});

test('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect(await read(bytes)).toBeUndefined();
    }),
    { numRuns: MUTATIONS },
  );
});

test('memory stays within a small multiple of the file', async () => {
  // As many messages as bytes allow: nodes, attributes, sizes of axes without anything in them.
  const million = 2 ** 20;
  const graphs = [
    [0x0a, 0],
    [0x5a, 0],
    [0x2a, 2, 0x08, 0x01],
    [0x0a, 2, 0x2a, 0],
  ].map((part) => Uint8Array.from({ length: million }, (_, i) => part[i % part.length]));
  for (const graph of graphs) {
    const size = [million & 127, (million >> 7) & 127, million >> 14].map((n, i) => (i < 2 ? n | 128 : n));
    const file = Buffer.concat([Uint8Array.of(0x3a, ...size), graph, Uint8Array.of(0x42, 2, 0x10, 17)]);
    const before = process.memoryUsage().heapUsed;
    expect(await read(file)).toBeUndefined();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(400 * million);
  }
});
