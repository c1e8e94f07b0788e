/** Losses of the user's own: on the GPU as their reference says, what a file says of them, and what is said of wrong ones. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../../src/data/arrays.ts';
import {
  ArgumentError,
  CheckError,
  compile,
  dense,
  type LossFunctionOptions,
  lossFunction,
  openDevice,
  ShaderError,
  sequential,
  sgd,
  squared,
  tanh,
} from '../../../src/index.node.ts';
import { openModel } from '../../../src/predict.node.ts';
import { useGpu } from '../../support/harness.ts';
import { samples } from '../../support/nets.ts';

const gpu = useGpu();

/** Of names that another function, the library and WGSL have too. */
const pinball = (q: number): LossFunctionOptions => ({
  name: 'pinball',
  wgsl: `
    const Q = ${q};
    fn term(a: f32, y: f32) -> f32 { let d = y - a; return max(Q * d, (Q - 1.0) * d); }
    fn loss(a: f32, y: f32) -> f32 { return term(a, y); }`,
  derivative: 'fn derivative(a: f32, y: f32) -> f32 { return select(1.0 - Q, -Q, a < y); }',
  reference: {
    loss: (a, y) => Math.max(q * (y - a), (q - 1) * (y - a)),
    derivative: (a, y) => (a < y ? -q : 1 - q),
  },
});
/** (a − y)², which the library has as `squared`. */
const square: LossFunctionOptions = {
  name: 'square',
  wgsl: 'fn loss(a: f32, y: f32) -> f32 { return (a - y) * (a - y); }',
  derivative: 'fn derivative(a: f32, y: f32) -> f32 { return 2.0 * (a - y); }',
  reference: { loss: (a, y) => (a - y) ** 2, derivative: (a, y) => 2 * (a - y) },
};

const model = sequential([3], [dense(4, tanh), dense(2)]);
const curved = sequential([3], [dense(4, tanh), dense(2, tanh)]);
const options = { batch: 6, optimizer: sgd({ learningRate: 0.1 }), seed: 3, tune: 'off' } as const;

describe.each(['mean', 'sum'] as const)('with the reduction %s', (reduction) => {
  test('a square is the squared error, bit by bit, after any activation', async () => {
    const nets = [];
    for (const loss of [lossFunction({ ...square, reduction }), squared({ reduction })]) {
      const net = await compile(curved, { ...options, device: gpu.device, loss });
      const { x, y } = samples(curved, loss, 6);
      for (let i = 0; i < 3; i++) net.step(x, y);
      nets.push({ loss: await net.loss(), parameters: await net.parameters() });
      expect((await net.check(x, y)).share).toBeLessThan(1);
      net.destroy();
    }
    expect(nets[0]).toEqual(nets[1]);
  });
});

test('two losses with the same names of their own differ', async () => {
  const { x, y } = samples(model, squared(), 6);
  for (const q of [0.9, 0.25]) {
    const loss = lossFunction(pinball(q));
    const net = await compile(model, { ...options, device: gpu.device, loss });
    const output = await net.predict(x);
    net.step(x, y);
    const expected = output.reduce((sum, a, i) => sum + pinball(q).reference.loss(a, y[i]), 0) / 6;
    expect(await net.loss()).toBeCloseTo(expected, 5);
    expect((await net.check(x, y)).share).toBeLessThan(1);
    net.destroy();
  }
});

test('a file opens without it; to evaluate, the loss is given', async () => {
  const loss = lossFunction({ ...pinball(0.9), reduction: 'sum' });
  const net = await compile(model, { ...options, device: gpu.device, loss });
  const { x, y } = samples(model, loss, 12);
  const data = fromArrays({ x, y, shape: [3] });
  await net.fit(data, { epochs: 2 });
  const [file, predicted, evaluation] = [await net.save(), await net.predict(x), await net.evaluate(data)];
  net.destroy();
  const without = await openModel(file, { device: gpu.device });
  expect(await without.predict(x)).toEqual(predicted);
  await expect(without.evaluate(data)).rejects.toThrow(
    'evaluate: expected the loss "pinball" in { losses: [...] }, from lossFunction(), found none of that name',
  );
  without.destroy();
  const other = await openModel(file, { device: gpu.device, losses: [lossFunction(pinball(0.8))] });
  await expect(other.evaluate(data)).rejects.toThrow('with the same WGSL as in training, found another');
  other.destroy();
  const opened = await openModel(file, { device: gpu.device, losses: [lossFunction(pinball(0.9))] });
  expect((await opened.evaluate(data)).loss).toBeCloseTo(evaluation.loss, 5);
  opened.destroy();
});

describe('what is wrong', () => {
  const wrong: Record<string, [object, string]> = {
    'no function loss': [{ ...square, wgsl: 'fn f(a: f32) -> f32 { return a; }' }, 'fn loss(a: f32, y: f32) -> f32'],
    'no name': [{ ...square, name: '' }, 'name must be a word'],
    'another slope': [
      { ...square, reference: { loss: square.reference.loss, derivative: (a: number, y: number) => a - y } },
      'the slope of reference.loss there is',
    ],
    'a logarithm of what is below 0': [
      { ...square, reference: { loss: (a: number) => Math.log(a), derivative: (a: number) => 1 / a } },
      'must be finite',
    ],
    'a reference without a loss': [{ ...square, reference: { derivative: () => 0 } }, '{ loss, derivative }'],
    'an unknown option': [{ ...square, labelSmoothing: 0.1 }, 'found labelSmoothing'],
    'another reduction': [{ ...square, reduction: 'none' }, "'mean' or 'sum'"],
  };
  test.each(Object.entries(wrong))('%s', (_title, [given, message]) => {
    expect(() => lossFunction(given as LossFunctionOptions)).toThrow(ArgumentError);
    expect(() => lossFunction(given as LossFunctionOptions)).toThrow(message);
  });

  test('a logarithm with points of its own is taken', () => {
    const reference = { loss: (a: number) => Math.log(a), derivative: (a: number) => 1 / a };
    expect(lossFunction({ ...square, reference, points: [[0.5, 0]] }).name).toBe('square');
  });

  test('WGSL that says something else than the reference is a CheckError', async () => {
    const loss = lossFunction({ ...square, derivative: 'fn derivative(a: f32, y: f32) -> f32 { return a - y; }' });
    const net = await compile(model, { ...options, device: gpu.device, loss });
    const { x, y } = samples(model, loss, 6);
    await expect(net.check(x, y)).rejects.toThrow(CheckError);
    net.destroy();
  });

  test('WGSL that does not compile is a ShaderError with its text', async () => {
    const device = await openDevice();
    const loss = lossFunction({ ...square, wgsl: 'fn loss(a: f32, y: f32) -> f32 { return nothing; }' });
    const error = await compile(model, { ...options, device, loss }).catch((caught) => caught);
    expect(error).toBeInstanceOf(ShaderError);
    expect(error.message).toContain('lossFunction square, wgsl');
    device.destroy();
  });
});
