/** What the tab of the plane is computed by: addresses, painted points, and the numbers of one pass. */
import { describe, expect, test } from 'vitest';
import { type PlaneSettings, usualPlane } from '../../demo/mnist/lab/plane/plane-protocol.ts';
import { brushed } from '../../demo/mnist/page/plane/painted.ts';
import { type Pass, unitPassOf } from '../../demo/mnist/page/plane/pass-rows.ts';
import { readPlane, writePlane } from '../../demo/mnist/page/plane/plane-address.ts';

describe('addresses', () => {
  const chosen: PlaneSettings = {
    data: 'spirals',
    noise: 0.5,
    share: 80,
    features: ['x1', 'sinx2'],
    hidden: [8, 3],
    activation: 'relu',
    optimizer: 'sgd',
    learningRate: 0.03,
    batch: 10,
    penalty: 'l2',
    strength: 0.01,
    seed: 7,
  };
  test('hold what differs from the usual, and give it back', () => {
    expect(writePlane(usualPlane)).toBe('');
    expect(writePlane({ ...usualPlane, data: 'xor', hidden: [] })).toBe('data=xor&hidden=');
    expect(readPlane(writePlane(chosen))).toEqual(chosen);
    expect(readPlane(writePlane({ ...chosen, hidden: [] })).hidden).toEqual([]);
  });

  test('what makes no sense is passed over', () => {
    const senseless =
      'data=cube&noise=9&share=55.5&features=x7&hidden=9,9&activation=odd&optimizer=x&learningRate=&batch=0&seed=-1&penalty=no';
    expect(readPlane(senseless)).toEqual(usualPlane);
    expect(readPlane('features=sinx1,x9,x1').features).toEqual(['x1', 'sinx1']);
    expect(readPlane('hidden=1,2,3,4,5').hidden).toEqual(usualPlane.hidden);
  });
});

test('a press paints a point, a drag paints them apart, and the eraser takes those near it', () => {
  const one = brushed([], { x1: 1, x2: 1 }, 'orange', false);
  expect(one).toEqual([{ x1: 1, x2: 1, y: 1 }]);
  expect(brushed(one, { x1: 1.1, x2: 1 }, 'blue', true)).toBe(one);
  const two = brushed(one, { x1: 1.1, x2: 1 }, 'blue', false);
  expect(two[1]).toEqual({ x1: 1.1, x2: 1, y: 0 });
  expect(brushed([...two, { x1: 3, x2: 3, y: 0 }], { x1: 1, x2: 1.2 }, 'erase', false)).toEqual([
    { x1: 3, x2: 3, y: 0 },
  ]);
  expect(brushed(two, { x1: -5, x2: 0 }, 'erase', false)).toBe(two);
  expect(brushed(two, { x1: 0, x2: 0 }, 'look', false)).toBe(two);
});

describe('the pass of one point', () => {
  const tensor = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
  // Two inputs, two tanh units, one output; by hand, with halves and quarters, which floats hold exactly.
  const pass: Pass = {
    x: tensor([2, 1], 2, -1),
    W1: tensor([2, 2], 0.5, 0.25, -1, 1),
    b1: tensor([2], 0.25, 0.5),
    z1: tensor([2, 1], 1, -2.5),
    a1: tensor([2, 1], 0.75, -0.5),
    slope1: tensor([2, 1], 0.5, 0.75),
    delta1: tensor([2, 1], 0.25, -0.75),
    dW1: tensor([2, 2], 0.5, -0.25, -1.5, 0.75),
    W2: tensor([1, 2], 1, -2),
    b2: tensor([1], 0.5),
    z2: tensor([1, 1], 2.25),
    delta2: tensor([1, 1], 0.5),
    dW2: tensor([1, 2], 0.375, -0.25),
    prediction: tensor([1, 1], 0.875),
  };
  const settings = { ...usualPlane, hidden: [2] };

  test('of a hidden unit: what comes in sums up to z, and what comes back to its error', () => {
    const { incoming, bias, z, a, outgoing, slope, delta } = unitPassOf(pass, { layer: 0, unit: 1 }, settings)!;
    expect(incoming).toEqual([
      { title: 'x₁', input: 2, weight: -1, product: -2, gradient: -1.5 },
      { title: 'x₂', input: -1, weight: 1, product: -1, gradient: 0.75 },
    ]);
    expect(incoming.reduce((sum, { product }) => sum + product, bias)).toBe(z);
    expect(outgoing).toEqual([{ title: 'output', weight: -2, delta: 0.5, product: -1 }]);
    expect(slope * outgoing[0].product).toBe(delta);
    expect([a, z]).toEqual([-0.5, -2.5]);
  });

  test('of the output: its inputs are what the hidden units give', () => {
    const { incoming, outgoing, a, slope } = unitPassOf(pass, { layer: 1, unit: 0 }, settings)!;
    expect(incoming.map(({ title, input, weight }) => [title, input, weight])).toEqual([
      ['unit 0', 0.75, 1],
      ['unit 1', -0.5, -2],
    ]);
    expect([outgoing, a, slope]).toEqual([[], 0.875, 1]);
  });

  test('of linear units: z stands for a, and the slope is 1', () => {
    const { a1: _, slope1: __, ...linear } = pass;
    expect(unitPassOf(linear, { layer: 0, unit: 0 }, settings)).toMatchObject({ a: 1, slope: 1 });
    expect(unitPassOf(linear, { layer: 1, unit: 0 }, settings)!.incoming[1].input).toBe(-2.5);
  });

  test('of a unit that the net does not have there is none', () => {
    expect(unitPassOf(pass, { layer: 0, unit: 2 }, settings)).toBeUndefined();
    expect(unitPassOf(pass, { layer: 2, unit: 0 }, settings)).toBeUndefined();
  });
});
