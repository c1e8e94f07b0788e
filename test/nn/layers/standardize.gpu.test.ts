/** The layer that brings inputs to mean 0 and deviation 1 by numbers that it is given. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../../src/data/index.ts';
import { statistics } from '../../../src/data/statistics.ts';
import {
  ArgumentError,
  adamw,
  batchNorm,
  compile,
  dense,
  type Model,
  OutOfMemoryError,
  quadratic,
  ShapeError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  standardize,
  tanh,
} from '../../../src/index.node.ts';
import { useGpu } from '../../support/harness.ts';

const gpu = useGpu();

describe.each(['gpu', 'cpu'] as const)('standardize, on the %s', (where) => {
  const device = () => (where === 'gpu' ? gpu.device : 'cpu');
  const compiled = (of: Model, batch = 2) =>
    compile(of, { device: device(), batch, loss: quadratic(), optimizer: sgd({ learningRate: 0.1 }) });
  const outputs = async (of: Model, x: number[]) => {
    const net = await compiled(of);
    const found = [...(await net.predict(x))];
    net.destroy();
    return found;
  };
  /** Hands on what it gets. */
  const as = (shape: number[], layer = standardize({ mean: 0, deviation: 1 })) =>
    sequential(shape, [layer, batchNorm({ epsilon: 1e-30 })]);

  test('subtracts a mean and divides by a deviation, per feature', async () => {
    const layer = standardize({ mean: [1, 20, 5], deviation: Float64Array.of(2, 10, 0.5) });
    expect(await outputs(as([3], layer), [1, 30, 5, 3, 0, 5.5])).toEqual([0, 1, 0, 1, -2, 1]);
  });

  test('per channel', async () => {
    const layer = standardize({ mean: [1, 10], deviation: [1, 5] });
    const found = await outputs(as([2, 1, 2], layer), [1, 2, 10, 20, 0, 3, 5, 15]);
    expect(found).toEqual([0, 1, 0, 2, -1, 2, -1, 1]);
  });

  test('per number of an image', async () => {
    const layer = standardize({ mean: [0, 1, 2, 3], deviation: [1, 1, 2, 2] });
    expect(await outputs(as([2, 2], layer), [0, 1, 2, 3, 1, 1, 6, 7])).toEqual([0, 0, 0, 0, 1, 0, 2, 2]);
  });

  test('or the same for all', async () => {
    expect(await outputs(as([2, 2], standardize({ mean: 1, deviation: 4 })), [1, 5, 9, -3])).toEqual([0, 1, 2, -1]);
  });

  test('a deviation of 0 makes a feature 0, also where it is no longer what it was', async () => {
    const layer = standardize({ mean: [3, 0], deviation: [0, 1] });
    expect(await outputs(as([2], layer), [3, 1, 1e30, 2])).toEqual([0, 1, 0, 2]);
  });

  test('of the statistics of a data set gives mean 0 and deviation 1', async () => {
    const x = Array.from({ length: 40 }, (_, i) => [1900 + i, 0.001 * (i % 3), 7]);
    const set = fromArrays({ x, y: x });
    const net = await compiled(as([3], standardize(statistics(set))), 40);
    const found = await net.predict(x.flat());
    const { mean, deviation } = statistics(fromArrays({ x: found, y: x.map(() => 0), shape: [3] }));
    mean.forEach((value) => void expect(value).toBeCloseTo(0, 5));
    [1, 1, 0].forEach((value, i) => void expect(deviation[i]).toBeCloseTo(value, 4));
    net.destroy();
  });

  test('is not trained, nor decays, and is saved and loaded with the net', async () => {
    const layer = standardize({ mean: [100, 200], deviation: [10, 20] });
    const make = (model: Model) =>
      compile(model, {
        device: device(),
        batch: 2,
        loss: quadratic(),
        optimizer: adamw({ learningRate: 0.1, weightDecay: 0.5 }),
        seed: 1,
      });
    const net = await make(sequential([2], [layer, dense(3, tanh)]));
    const before = await net.parameters();
    expect(Object.keys(before)).toEqual(['layers.0.mean', 'layers.0.std', 'layers.1.weight', 'layers.1.bias']);
    expect(before['layers.0.mean']).toEqual({ shape: [2], data: Float32Array.of(100, 200) });
    expect(before['layers.0.std']).toEqual({ shape: [2], data: Float32Array.of(10, 20) });
    for (let i = 0; i < 3; i++) net.step([90, 210, 120, 150], [1, 0, 0, 0, 1, 0]);
    expect((await net.check([90, 210, 120, 150], [1, 0, 0, 0, 1, 0])).ok).toBe(true);
    expect(Object.keys(await net.gradients([90, 210], [1, 0, 0]))).toEqual(['layers.1.weight', 'layers.1.bias']);
    const after = await net.parameters();
    for (const key of ['layers.0.mean', 'layers.0.std']) expect(after[key]).toEqual(before[key]);
    expect(after['layers.1.weight']).not.toEqual(before['layers.1.weight']);
    const other = await make(sequential([2], [standardize({ mean: [0, 0], deviation: [1, 1] }), dense(3, tanh)]));
    await other.load(await net.save());
    expect(await other.parameters()).toEqual(after);
    expect(await other.predict([90, 210])).toEqual(await net.predict([90, 210]));
    for (const one of [net, other]) one.destroy();
  });
});

test('costs one dispatch of a training step', async () => {
  const dispatches = async (of: Model) => {
    const net = await compile(of, {
      device: gpu.device,
      batch: 50,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const { length } = net.schedule.dispatches;
    net.destroy();
    return length;
  };
  const layers = [dense(100, tanh), dense(10)];
  const layer = standardize({ mean: 0.13, deviation: 0.3 });
  const plain = await dispatches(sequential([784], layers));
  expect(await dispatches(sequential([784], [layer, ...layers]))).toBe(plain + 1);
});

describe('standardize refuses', () => {
  test.each<[string, object, RegExp]>([
    ['no mean', { deviation: 1 }, /standardize: mean must be a number or an array of them, found undefined/],
    ['an empty mean', { mean: [], deviation: [] }, /mean must be a number or an array/],
    ['a text', { mean: '0', deviation: 1 }, /mean must be a number or an array of them, found "0"/],
    ['NaN', { mean: [0, Number.NaN], deviation: [1, 1] }, /mean\[1\] must be a finite number, found NaN/],
    ['beyond f32', { mean: 1e39, deviation: 1 }, /mean\[0\] must be a finite number, found 1e\+39/],
    [
      'a negative deviation',
      { mean: [0, 0], deviation: [1, -1] },
      /deviation\[1\] must be a finite number ≥ 0, found -1/,
    ],
    ['a hole', { mean: [0, 0], deviation: new Array(2) }, /deviation\[0\] must be .* found undefined/],
    ['different lengths', { mean: [0, 0], deviation: 1 }, /deviation must have 2 numbers, as many as mean, found 1/],
    ['another option', { mean: 0, deviation: 1, std: 1 }, /expected \{ mean, deviation \}, found std/],
  ])('%s', (_, options, message) => {
    expect(() => standardize(options as never)).toThrow(ArgumentError);
    expect(() => standardize(options as never)).toThrow(message);
  });

  test('samples of another number of features or channels', () => {
    const layer = standardize({ mean: [1, 2, 3], deviation: [1, 2, 3] });
    expect(() => sequential([4], [layer])).toThrow(ShapeError);
    expect(() => sequential([4], [layer])).toThrow(
      'layer 0: standardize: expected one mean for all, 4, one per number of a sample [4], found 3',
    );
    expect(() => sequential([2, 5, 5], [layer])).toThrow('one mean for all, 2, one per channel, or 50, one per number');
    sequential([3, 5, 5], [layer]);
  });

  test('a copy of another size', () => {
    const layer = { ...standardize({ mean: [1, 2], deviation: [1, 2] }), values: 3 };
    expect(() => sequential([3], [layer])).toThrow('standardize: expected a mean of 3 numbers, found 2');
  });

  test('nothing of the error of a net that is too large', async () => {
    const many = new Float32Array(2 ** 20);
    const of = sequential([4096], [dense(2 ** 20), standardize({ mean: many, deviation: many }), dense(2)]);
    const call = compile(of, { device: 'cpu', batch: 2, loss: quadratic(), optimizer: sgd({ learningRate: 1 }) });
    await expect(call).rejects.toThrow(OutOfMemoryError);
    await expect(call).rejects.toThrow(/Lower units to at most \d+\./);
  });
});
