/** What the worker of the plane computes. */
import { describe, expect, test } from 'vitest';
import { inputsOf } from '../../demo/mnist/lab/plane/features.ts';
import { grid } from '../../demo/mnist/lab/plane/grid.ts';
import { createPlane } from '../../demo/mnist/lab/plane/plane-lab.ts';
import { type PlaneSettings, usualPlane } from '../../demo/mnist/lab/plane/plane-protocol.ts';

const settings = (changes: Partial<PlaneSettings>): PlaneSettings => ({ ...usualPlane, ...changes });

/** What a net of tanh layers gives for a row of inputs, in double precision. */
function outputOf(row: readonly number[], layers: readonly { W: { data: Float32Array }; b: { data: Float32Array } }[]) {
  return layers.reduce<readonly number[]>((a, { W, b }, l) => {
    const z = Array.from(b.data, (bias, unit) => a.reduce((sum, x, i) => sum + W.data[unit * a.length + i] * x, bias));
    return l === layers.length - 1 ? z : z.map(Math.tanh);
  }, row)[0];
}

test('a frame holds every unit on the grid, by the weights in it, and scores that these give', async () => {
  const lab = createPlane();
  const chosen = settings({ features: ['x1', 'x1x2'], hidden: [3, 2] });
  const { points, frame: first } = await lab.prepare(chosen, []);
  expect(first.step).toBe(0);
  const { step, layers, train, test: held } = await lab.advance(7);
  expect(step).toBe(7);
  expect(layers.map(({ values }) => values.shape)).toEqual([
    [3, grid.length + 500],
    [2, grid.length + 500],
    [1, grid.length + 500],
  ]);
  const probability = (row: readonly number[]) => 1 / (1 + Math.exp(-outputOf(row, layers)));
  const expected = inputsOf(chosen.features, grid).map(probability);
  expect(Math.max(...expected.map((p, i) => Math.abs(p - layers[2].values.data[i])))).toBeLessThan(1e-5);
  const loss = (of: typeof points.train) =>
    of.reduce((sum, point) => {
      const p = probability(inputsOf(chosen.features, [point])[0]);
      return sum - Math.log(point.y ? p : 1 - p) / of.length;
    }, 0);
  expect(train!.loss).toBeCloseTo(loss(points.train), 4);
  expect(held!.loss).toBeCloseTo(loss(points.test), 4);
  expect(layers[0].W.data).not.toEqual(first.layers[0].W.data);
});

test('two spirals are told apart', async () => {
  const lab = createPlane();
  await lab.prepare(settings({ data: 'spirals', noise: 0, share: 80, hidden: [8, 8], learningRate: 0.02 }), []);
  let accuracy = 0;
  for (let i = 0; i < 40 && accuracy < 0.97; i++) accuracy = (await lab.advance(250)).test!.accuracy!;
  expect(accuracy).toBeGreaterThanOrEqual(0.97);
});

test('a slope is learned by a net without hidden layers', async () => {
  const lab = createPlane();
  const { points } = await lab.prepare(settings({ data: 'slope', noise: 0, hidden: [], learningRate: 0.05 }), []);
  const { train, layers } = await lab.advance(500);
  expect(train!.loss).toBeLessThan(1e-4);
  expect(train!.accuracy).toBeUndefined();
  for (const weight of layers[0].W.data) expect(weight).toBeCloseTo(0.1, 2);
  expect(points.train.length).toBe(200);
});

describe('points of one’s own', () => {
  const own = [
    { x1: -2, x2: 0, y: 0 },
    { x1: 2, x2: 0, y: 1 },
  ];
  test('fewer than a batch are learned, and more may come without a fresh net', async () => {
    const lab = createPlane();
    await lab.prepare(settings({ data: 'own' }), []);
    await expect(lab.advance(1)).rejects.toThrow('there are no points to train on');
    const { points, frame } = await lab.paint(own);
    expect([points.train, points.test, frame.test]).toEqual([own, [], undefined]);
    const learned = await lab.advance(300);
    expect(learned.train!.accuracy).toBe(1);
    const { frame: again } = await lab.paint([...own, { x1: 0, x2: 3, y: 1 }]);
    expect([again.step, again.layers[0].W]).toEqual([300, learned.layers[0].W]);
  });
});

test('a pass of one point is the chain rule, with the weights of the frame', async () => {
  const lab = createPlane();
  const { points } = await lab.prepare(settings({ hidden: [3] }), []);
  const { layers } = await lab.advance(20);
  const point = points.train[5];
  const { z1, a1, slope1, delta1, delta2, dW1, dW2, W2, prediction, losses } = await lab.inspect(point);
  const [W, b] = [layers[0].W.data, layers[0].b.data];
  for (let unit = 0; unit < 3; unit++) {
    const z = W[2 * unit] * point.x1 + W[2 * unit + 1] * point.x2 + b[unit];
    expect(z1.data[unit]).toBeCloseTo(z, 4);
    expect(a1.data[unit]).toBeCloseTo(Math.tanh(z), 4);
    expect(slope1.data[unit]).toBeCloseTo(1 - Math.tanh(z) ** 2, 4);
    expect(delta1.data[unit]).toBeCloseTo(slope1.data[unit] * W2.data[unit] * delta2.data[0], 5);
    expect(dW1.data[2 * unit]).toBeCloseTo(delta1.data[unit] * point.x1, 5);
    expect(dW2.data[unit]).toBeCloseTo(delta2.data[0] * a1.data[unit], 5);
  }
  expect(delta2.data[0]).toBeCloseTo(prediction.data[0] - point.y, 5);
  expect(losses.data[0]).toBeCloseTo(-Math.log(point.y ? prediction.data[0] : 1 - prediction.data[0]), 4);
});

test('a net that diverges says so, and the learning rate can be set', async () => {
  const lab = createPlane();
  await lab.prepare(settings({ data: 'slope', hidden: [], optimizer: 'sgd', learningRate: 0 }), []);
  const before = await lab.advance(1);
  expect((await lab.advance(5)).layers[0].W).toEqual(before.layers[0].W);
  await lab.setLearningRate(10);
  await expect(lab.advance(400)).rejects.toMatchObject({ name: 'NonFiniteError' });
});
