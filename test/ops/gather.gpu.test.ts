/** The batches of a resident data set, against the CPU reference and against `batch` of the samples that `permute` names. */
import { describe, expect, test } from 'vitest';
import { permute, shuffleKey, words } from '../../src/base/random.ts';
import { toSamples } from '../../src/base/tensor.ts';
import { batch, type Dataset, fromArrays } from '../../src/data/index.ts';
import { compare } from '../../src/graph/check.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { feedGraph } from '../../src/train/graphs.ts';
import { referenceOf, useGpu } from '../support/harness.ts';
import { random } from '../support/nets.ts';

const gpu = useGpu();

const bytes = (count: number): Uint8Array => Uint8Array.from(words(count, 3, 9), (word) => word >>> 24);
const labels = (count: number, classes: number): Uint8Array => bytes(count).map((byte) => byte % classes);

/** Counts and sizes whose products are no multiple of four, so that the last word is not full. */
const sets: [string, Dataset, number][] = [
  ['7 samples of 3 bytes, by 4', fromArrays({ x: bytes(21), y: labels(7, 3), shape: [3], classes: 3 }), 4],
  [
    '37 of 33 bytes, scaled, by 10',
    fromArrays({ x: bytes(37 * 33), y: labels(37, 7), shape: [33], classes: 7, scale: 1 / 255 }),
    10,
  ],
  ['100 of 1 float with 2 targets, by 70', fromArrays({ x: random(100, 1), y: random(200, 2), shape: [1] }), 70],
  ['9 of 17 floats, one at a time', fromArrays({ x: random(9 * 17, 3), y: random(9, 4), shape: [17] }), 1],
  [
    '5 of 2 floats in 300 classes, by 3',
    fromArrays({ x: random(10, 5), y: [299, 0, 256, 255, 1], shape: [2], classes: 300 }),
    3,
  ],
];

describe.each(sets)('%s', (_title, dataset, size) => {
  test.each([false, true])('every batch of an epoch, shuffled: %s', async (shuffled) => {
    const { count, inputs, targets } = dataset;
    const graph = feedGraph(dataset, size);
    const leaves = new Map([
      ['xData', inputs.data],
      ['yData', targets.data],
    ]);
    const program = await gpu.engine.program(graph, { keep: ({ name }) => name === 'x' || name === 'y' });
    for (const [name, data] of leaves) program.write(name, data);
    const key = shuffleKey(1, 2);
    const seen: number[] = [];
    for (let start = 0; start < count; start += size) {
      const columns = Math.min(size, count - start);
      const step = stepRow({ start, columns, count, key, shuffled: Number(shuffled) });
      const order = Array.from({ length: columns }, (_, j) => (shuffled ? permute(start + j, count, key) : start + j));
      const expected = batch(dataset, order);
      const fields = [
        { name: 'x', values: expected.x, features: inputs.size },
        { name: 'y', values: expected.y, features: targets.size },
      ];
      for (const { name, features } of fields) program.write(name, new Float32Array(features * size).fill(Number.NaN));
      gpu.engine.run([{ programs: [program], rows: [step] }]);
      const reference = referenceOf(graph, leaves, step);
      for (const { name, values, features } of fields) {
        const found = await program.read(name);
        expect(compare(name, found, reference.get(name)!).share).toBeLessThanOrEqual(1);
        // A scale rounds once more on the GPU, which has 1/255 as f32 only; all else is exact.
        const relative = inputs.scale === 1 ? 0 : 2 ** -23;
        toSamples(found, features, size, size).forEach((value, i) => {
          const want = values[i] ?? 0; // columns past the end
          expect(Math.abs(value - want), `${name}, value ${i}`).toBeLessThanOrEqual(relative * want);
        });
      }
      seen.push(...order);
    }
    program.destroy();
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });
});
