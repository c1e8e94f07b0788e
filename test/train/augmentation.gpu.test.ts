/** Augmented batches against the CPU reference, and what fit promises of them. */
import { describe, expect, test } from 'vitest';
import { shuffleKey, stepKey, words } from '../../src/base/random.ts';
import { toSamples } from '../../src/base/tensor.ts';
import { batch, type Dataset, fromArrays } from '../../src/data/index.ts';
import { compare } from '../../src/graph/check.ts';
import { append, createGraph } from '../../src/graph/graph.ts';
import { batch as batchLeaf, data as dataLeaf, leaf, stepOf } from '../../src/graph/leaf.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import {
  adam,
  augmented,
  type CompileOptions,
  compile,
  dense,
  type FitOptions,
  relu,
  sequential,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { elastic } from '../../src/ops/elastic.ts';
import { warp } from '../../src/ops/warp.ts';
import { type AugmentOptions, augmentationOf } from '../../src/train/augmentation.ts';
import { feedGraph } from '../../src/train/graphs.ts';
import { expectReference, referenceOf, runGraph, someStep, useGpu } from '../support/harness.ts';
import { parameterBits, random } from '../support/nets.ts';

const gpu = useGpu();

const all: AugmentOptions = { shift: 2, rotate: 15, scale: 0.15, shear: 10, elastic: { alpha: 34, sigma: 4 } };

const bytes = (count: number): Uint8Array => Uint8Array.from(words(count, 3, 9), (word) => word >>> 24);
const labels = (count: number): Uint8Array => bytes(count).map((byte) => byte % 3);

/** n images of random pixels, which have the steepest slopes there are; bytes from 0 to 1, or floats in ±1. */
function images(n: number, shape: readonly number[], format: 'bytes' | 'floats' = 'bytes'): Dataset {
  const count = n * shape.reduce((a, b) => a * b);
  const x = format === 'bytes' ? bytes(count) : random(count, 1);
  return fromArrays({ x, y: labels(n), shape, classes: 3, scale: format === 'bytes' ? 1 / 255 : 1 });
}

const feedOf = (dataset: Dataset, size: number, options: AugmentOptions) =>
  feedGraph(dataset, size, augmentationOf(options, dataset, dataset.shape, 'test'));

const leavesOf = ({ inputs, targets }: Dataset) =>
  new Map([
    ['xData', inputs.data],
    ['yData', targets.data],
  ]);

const cases: [string, Dataset, number, AugmentOptions][] = [
  ['28 × 28 bytes', images(12, [28, 28]), 10, all],
  ['an odd size, floats, fewer columns than lanes', images(7, [9, 13], 'floats'), 7, all],
  ['three channels', images(5, [3, 8, 5]), 4, all],
  ['more columns than lanes', images(70, [5, 4]), 67, all],
  ['a single row', images(5, [1, 7]), 4, all],
  ['a single pixel', images(5, [1, 1]), 3, all],
  ['turned all the way', images(9, [28, 28]), 8, { rotate: 180 }],
  ['sheared far', images(9, [11, 28]), 8, { shear: 80 }],
  ['stretched far', images(9, [11, 28]), 8, { scale: 0.99 }],
  ['moved only', images(9, [12, 11]), 8, { shift: 3.5 }],
  ['moved out of sight', images(9, [4, 4]), 8, { shift: 4095 }],
  ['bent only, finely', images(9, [28, 17]), 8, { elastic: { alpha: 10, sigma: 1 } }],
  ['bent only, coarsely', images(9, [28, 28]), 8, { elastic: { alpha: 900, sigma: 40 } }],
  ['bent only, beyond the image', images(9, [6, 6]), 8, { elastic: { alpha: 1e5, sigma: 2 } }],
];

describe.each(cases)('%s', (_title, dataset, size, options) => {
  test.each([0, 1])('every batch is that of the reference, shuffled: %s', async (shuffled) => {
    const { count } = dataset;
    const graph = feedOf(dataset, size, options);
    for (const node of graph.nodes) node.name ||= node.op.name; // so that each op is looked at by itself
    for (let start = 0; start < count; start += size) {
      // In the first batch a column less than there are samples for.
      const columns = Math.min(size, count - start) - Number(start === 0);
      const random = stepKey(1, start);
      const step = stepRow({ start, columns, count, key: shuffleKey(1, 2), shuffled, random });
      await expectReference(gpu, graph, leavesOf(dataset), step);
    }
  });
});

test('the bounds are tight: a place is known to a thousandth of a pixel', () => {
  const dataset = images(10, [28, 28]);
  const graph = feedOf(dataset, 10, all);
  const { error } = referenceOf(graph, leavesOf(dataset), stepRow({ columns: 10, count: 10, random: 1 })).get('x')!;
  expect(Math.max(...error!)).toBeLessThan(1e-3);
});

test.each([
  ['bytes', [28, 28]],
  ['floats', [3, 5, 7]],
] as const)('a map that changes nothing gives every %s of the image as it is', async (format, shape) => {
  const dataset = images(6, shape, format);
  const [width, height, channels = 1] = shape.toReversed();
  const graph = createGraph();
  const source = leaf(graph, dataLeaf, 'xData', [6, dataset.inputs.size], { format });
  const map = leaf(graph, batchLeaf, 'map', [6, 6]);
  const attributes = { format, scale: dataset.inputs.scale, channels, height, width, pitch: 0 };
  append(graph, warp, [source, map, stepOf(graph)], attributes, 'x');
  const identity = [1, 0, 0, 1, 0, 0].flatMap((x) => new Array(6).fill(x));
  const leaves = new Map([['xData', dataset.inputs.data] as const, ['map', Float32Array.from(identity)] as const]);
  const x = (await runGraph(gpu, graph, leaves, stepRow({ columns: 6, count: 6 }))).get('x')!;
  const plain = await runGraph(gpu, feedGraph(dataset, 6), leavesOf(dataset), stepRow({ columns: 6, count: 6 }));
  expect(x).toEqual(plain.get('x'));
});

describe('a net that trains on changed images', () => {
  const dataset = images(50, [8, 8]);
  const model = sequential([64], [dense(8, relu), dense(3)]);
  const compiling = { batch: 8, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 3, tune: 'off' } as const;
  const train = async (options: FitOptions, more: Partial<CompileOptions> = {}, again?: FitOptions) => {
    const net = await compile(model, { ...compiling, device: gpu.device, ...more });
    const losses = (await net.fit(dataset, options)).map(({ trainLoss }) => trainLoss);
    if (again) await net.fit(dataset, again);
    const result = { bits: await parameterBits(net), x: (await net.tensor('x')).data, losses };
    net.destroy();
    return result;
  };
  const whole = { epochs: 2, augment: all };

  test('has the same bits however its steps are grouped, and when it leaves off and goes on', async () => {
    const once = await train(whole);
    expect(await train({ ...whole, millisecondsPerSubmit: 1e-6 })).toEqual(once);
    const resumed = await train({ steps: 3, augment: all }, {}, whole);
    expect([resumed.bits, resumed.x]).toEqual([once.bits, once.x]);
  });

  test('sees other images with another seed, in every step, and with none of it', async () => {
    const batches = [
      await train({ steps: 1, shuffle: false, augment: all }),
      await train({ steps: 1, shuffle: false, augment: all }, { seed: 4 }),
      await train({ steps: 8, shuffle: false, augment: all }), // the first batch of the second epoch
      await train({ steps: 1, shuffle: false, augment: { ...all, shift: 1 } }),
      await train({ steps: 1, shuffle: false }),
    ];
    expect(new Set(batches.map(({ x }) => x.toString())).size).toBe(batches.length);
  });

  test('trains with settings of zero as with none, bit by bit', async () => {
    const nothing = { shift: 0, rotate: 0, scale: 0, shear: 0, elastic: { alpha: 0, sigma: 4 } };
    expect(await train({ epochs: 2, augment: nothing })).toEqual(await train({ epochs: 2 }));
  });

  test('is held against the reference, images and all', async () => {
    await train(whole, { check: { every: 5 } });
    const plain = await train({ steps: 1 });
    expect(plain.bits).not.toEqual((await train({ steps: 1, augment: all })).bits);
  });

  test('is evaluated on images that are not changed', async () => {
    const net = await compile(model, { ...compiling, device: gpu.device });
    const [{ validation }] = await net.fit(dataset, { epochs: 1, augment: all, validation: dataset });
    const { x, y } = batch(dataset, [...Array(50).keys()]);
    const probabilities = await net.predict(x);
    const loss = -probabilities.reduce((sum, p, i) => sum + y[i] * Math.log(p), 0) / 50;
    expect(validation!.loss).toBeCloseTo(loss, 5);
    net.destroy();
  });

  test('sees what each fit asks for, which is what `augmented` shows', async () => {
    const net = await compile(model, { ...compiling, device: gpu.device });
    for (const augment of [all, {}, { rotate: 90 }]) {
      await net.fit(dataset, { steps: 1, shuffle: false, augment });
      const { data } = await net.tensor('x');
      const shown = augmented(dataset, augment, { count: 8, seed: 3, step: net.steps - 1 });
      for (const [i, value] of toSamples(data, 64, 8, 8).entries()) {
        expect(Math.abs(value - shown[i])).toBeLessThan(1e-4);
      }
      await net.fit(dataset, { epochs: 1, shuffle: false, augment }); // the rest of it
    }
    net.destroy();
  });
});

test('compare notices a value that is off by a thousandth', () => {
  const dataset = images(4, [6, 6]);
  const graph = feedOf(dataset, 4, all);
  const value = referenceOf(graph, leavesOf(dataset), stepRow({ columns: 4, count: 4, random: 1 })).get('x')!;
  const off = Float32Array.from(value.data, (x, i) => x + (i === 50 ? 1e-3 : 0));
  expect(compare('x', off, value).share).toBeGreaterThan(1);
});

test('more control points than there may be workgroups are all made', async () => {
  const graph = createGraph();
  append(graph, elastic, [stepOf(graph)], { height: 2, width: 32_800, batch: 1, amplitude: 0.01 }, 'points');
  await expectReference(gpu, graph, new Map(), someStep(1));
});
