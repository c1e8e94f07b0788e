/** What benchmarks compute and count, without a device. */
import { describe, expect, test } from 'vitest';
import { greatestDivisor, mean, spread } from '../../src/base/statistics.ts';
import { countCalls, flopOf, matmul, median, network, synthetic, works, xorSamples } from '../../src/bench/index.ts';
import { unitOf } from '../../src/bench/measure.ts';
import { digits } from '../../src/cli/bench-report.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { ArgumentError, dense, sequential, sgd, softmaxCrossEntropy } from '../../src/index.ts';

describe('flop', () => {
  const products = (...sizes: [number, number, number][]) => sizes.reduce((sum, [m, n, k]) => sum + 2 * m * n * k, 0);

  test('of a net: forward, δ of all layers but the first, ∂W', () => {
    const small = products([100, 100, 784], [10, 100, 100], [100, 100, 10], [10, 100, 100], [100, 784, 100]);
    expect(works['mlp-small'].flop).toBe(small);
    expect(works.xor.flop).toBe(2 * 4 * (2 * 16 * 2 + 16 * 3));
    const convolutions = 2 * 6 * 25 * 576 + 3 * 16 * 150 * 64;
    expect(works.lenet.flop).toBe(2 * 64 * (convolutions + 3 * (256 * 120 + 120 * 84 + 84 * 10)));
    expect(works.wide.flop).toBe(2 * 256 * (784 * 512 * 2 + 2 * 512 * 512 * 3 + 512 * 10 * 3));
  });

  test('of a product, and of nothing', () => {
    expect(matmul(256).flop).toBe(2 * 256 ** 3);
    expect(flopOf(createGraph())).toBe(0);
  });
});

describe('works', () => {
  const options = {
    name: 'mine',
    model: sequential([784], [dense(10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
  };

  test('an epoch is as long as that of MNIST, and at least 100 steps where memory allows', () => {
    expect(works['mlp-small'].epoch).toBe(600);
    expect(works.wide.epoch).toBe(235);
    expect(network({ ...options, batch: 1000 }).epoch).toBe(100);
    expect(network({ ...options, batch: 10_000 }).epoch).toBe(17);
    expect(network({ ...options, batch: 1_000_000 }).epoch).toBe(1);
    expect(network({ ...options, batch: 7, epoch: 3 }).epoch).toBe(3);
  });

  test('refuse what is no count', () => {
    expect(() => network({ ...options, batch: 0 })).toThrow(ArgumentError);
    expect(() => network({ ...options, batch: 7, epoch: 1.5 })).toThrow(/mine: epoch must be a positive integer/);
    expect(() => matmul(-1)).toThrow(ArgumentError);
  });

  test('refuse data that nobody can call', () => {
    const make = () => network({ ...options, batch: 7, data: [] as never });
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow('mine: data must be a function, found []');
  });

  test.each([[undefined], [null], [5], [{}]])('refuse a name that is no text: %o', (name) => {
    const make = () => network({ ...options, batch: 7, name: name as never });
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(/^network: name must be a string, found /);
  });

  test('synthetic data differ from sample to sample, are the same every time, and hold every class', () => {
    const shape = { count: 50, features: 784, outputs: 10 };
    const { inputs, targets } = synthetic(shape);
    expect(synthetic(shape).inputs.data).toEqual(inputs.data);
    const images = Array.from({ length: 50 }, (_, i) => inputs.data.subarray(784 * i, 784 * (i + 1)).join());
    expect(new Set(images).size).toBe(50);
    expect(new Set(targets.data).size).toBe(10);
    expect(targets).toMatchObject({ kind: 'labels', size: 10 });
    expect(synthetic({ ...shape, outputs: 1 }).targets).toMatchObject({ kind: 'values', size: 1 });
  });

  test('xor is xor', () => {
    const { inputs, targets } = xorSamples(4);
    expect([...inputs.data]).toEqual([0, 0, 1, 0, 0, 1, 1, 1]);
    expect([...targets.data]).toEqual([0, 1, 1, 0]);
  });
});

test('statistics', () => {
  expect(median([10, 9, 100])).toBe(10);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(mean([1, 2, 6])).toBe(3);
  expect(spread([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 });
  expect([0n, 65536n * 6n, 65536n * 9n].reduce(greatestDivisor)).toBe(65536n * 3n);
});

test('a unit is an epoch, cut where steps are slow, or about a second of steps', () => {
  expect(unitOf(600, 0.1, 1000)).toBe(600);
  expect(unitOf(600, 5, 1000)).toBe(400);
  expect(unitOf(600, 30, 1000)).toBe(100);
  expect(unitOf(600, 400, 1000)).toBe(25);
  expect(unitOf(600, 5000, 1000)).toBe(10);
  expect(unitOf(4, 5000, 1000)).toBe(4);
  expect(unitOf(undefined, 0.5, 1000)).toBe(2000);
  expect(unitOf(undefined, 9000, 1000)).toBe(1);
});

test('numbers are printed with the digits that count', () => {
  expect([0.041234, 41.2345, 4123.4, 12, 0].map(digits)).toEqual(['0.04123', '41.23', '4,123', '12', '0']);
});

test('counts take bytes as writeBuffer does, and stop leaves everything as it was', () => {
  const ends: string[] = [];
  const buffer = () => ({ destroy: () => void ends.push('destroy'), mapAsync: async () => {} });
  const methods = { writeBuffer: () => {}, submit: () => {} };
  const queue = Object.create(methods);
  const gpu = Object.assign(Object.create({ createBuffer: buffer }), { queue });
  const all = ['Texture', 'Sampler', 'BindGroup', 'BindGroupLayout', 'PipelineLayout', 'ShaderModule', 'QuerySet'];
  const pipelines = ['ComputePipeline', 'ComputePipelineAsync', 'RenderPipeline', 'RenderPipelineAsync'];
  for (const name of [...all, ...pipelines, 'CommandEncoder']) Object.getPrototypeOf(gpu)[`create${name}`] = () => ({});
  const counter = countCalls(gpu);
  const made = gpu.createBuffer();
  const floats = new Float32Array(10);
  queue.writeBuffer(made, 0, floats); // 40
  queue.writeBuffer(made, 0, floats, 2); // 32
  queue.writeBuffer(made, 0, floats, 2, 3); // 12
  queue.writeBuffer(made, 0, floats.buffer, 8, 4); // 4
  queue.submit([]);
  made.destroy();
  expect(counter.take()).toMatchObject({
    uploadedBytes: 88,
    submits: 1,
    made: { createBuffer: 1 },
    destroyedBuffers: 1,
  });
  expect(ends).toEqual(['destroy']);
  counter.stop();
  queue.submit([]);
  gpu.createBuffer();
  expect(counter.take()).toMatchObject({ submits: 0, made: {} });
  expect([Object.keys(gpu), Object.keys(queue)]).toEqual([['queue'], []]);
});
