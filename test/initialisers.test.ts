/** Initial weights: their distribution, and that seeds and parameters are independent. */
import { describe, expect, it, test } from 'vitest';
import {
  compile,
  dense,
  he,
  normal,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  uniform,
  xavier,
  zeros,
} from '../src/index.node.ts';
import { initialise } from '../src/initialisers.ts';

const [outputs, inputs] = [200, 300];
const drawn = (init: Parameters<typeof initialise>[0], seed = 1, index = 0) =>
  initialise(init, [outputs, inputs], seed, index);
const mean = (values: Float32Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length - mean(values) ** 2);
const limit = Math.sqrt(6 / (inputs + outputs));

describe('60,000 weights', () => {
  test.each([
    ['he', he(), Math.sqrt(2 / inputs)],
    ['normal', normal(), 1],
    ['normal(0.1)', normal(0.1), 0.1],
    ['xavier', xavier(), limit / Math.sqrt(3)],
    ['uniform(0.3)', uniform(0.3), 0.3 / Math.sqrt(3)],
  ])('of %s have mean 0 and their deviation', (_name, init, expected) => {
    const values = drawn(init);
    expect(deviation(values) / expected).toBeCloseTo(1, 1.7);
    expect(Math.abs(mean(values))).toBeLessThan((4 * expected) / Math.sqrt(values.length));
  });

  it.each([
    ['xavier', xavier(), limit],
    ['uniform(0.3)', uniform(0.3), 0.3],
  ])('of %s fill their interval on both sides and stay inside', (_name, init, bound) => {
    const values = drawn(init);
    expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(bound));
    expect(Math.max(...values)).toBeGreaterThan(0.999 * bound);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(-bound));
    expect(Math.min(...values)).toBeLessThan(-0.999 * bound);
  });

  it('of zeros are 0', () => expect(drawn(zeros()).every((x) => x === 0)).toBe(true));
});

it('draws the same for a seed, and others for another seed or another parameter', () => {
  expect(drawn(he())).toEqual(drawn(he()));
  const [a, b, c] = [drawn(normal()), drawn(normal(), 2), drawn(normal(), 1, 1)];
  for (const other of [b, c]) {
    const correlation = a.reduce((sum, x, i) => sum + x * other[i], 0) / a.length;
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(a.length));
  }
});

it('gives every layer its own weights, He for ReLU and Xavier else, and biases of zero unless told', async () => {
  const model = sequential([inputs], [dense(outputs, relu), dense(outputs, relu, { biasInit: normal(2) }), dense(10)]);
  const options = {
    batch: 1,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 1 }),
    device: 'cpu' as const,
  };
  const values = await (await compile(model, options)).parameters();
  expect(deviation(values['layers.0.weight'].data)).toBeCloseTo(Math.sqrt(2 / inputs), 2);
  expect(Math.max(...values['layers.2.weight'].data)).toBeLessThan(Math.sqrt(6 / (outputs + 10)));
  expect(values['layers.0.weight'].data.slice(0, 100)).not.toEqual(values['layers.1.weight'].data.slice(0, 100));
  expect(values['layers.0.bias'].data.every((x) => x === 0)).toBe(true);
  expect(deviation(values['layers.1.bias'].data)).toBeGreaterThan(1.5);
});
