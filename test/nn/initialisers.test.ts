/** Initial weights: their distribution, and that seeds and parameters are independent. */
import { describe, expect, it, test } from 'vitest';
import {
  compile,
  dense,
  he,
  lecun,
  normal,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  uniform,
  xavier,
  zeros,
} from '../../src/index.node.ts';
import { initialise } from '../../src/nn/initialisers.ts';

const [outputs, inputs] = [200, 300];
const drawn = (init: Parameters<typeof initialise>[0], seed = 1, index = 0) =>
  initialise(init, [outputs, inputs], seed, index);
const mean = (values: Float32Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length - mean(values) ** 2);
const limit = Math.sqrt(6 / (inputs + outputs));

const uniformCdf = (x: number): number => Math.min(Math.max((x + 1) / 2, 0), 1);
/** Of N(0, 1), to 1.5e-7: Abramowitz & Stegun 7.1.26. */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = 1 - (series * Math.exp(-z * z)) / 2;
  return x < 0 ? 1 - upper : upper;
}

describe('60,000 weights', () => {
  test.each([
    ['he', he(), Math.sqrt(2 / inputs)],
    ['lecun', lecun(), Math.sqrt(1 / inputs)],
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

  it.each([
    ['he', he(), (x: number) => normalCdf(x / Math.sqrt(2 / inputs))],
    ['lecun', lecun(), (x: number) => normalCdf(x * Math.sqrt(inputs))],
    ['normal', normal(), normalCdf],
    ['normal(0.1)', normal(0.1), (x: number) => normalCdf(x / 0.1)],
    ['xavier', xavier(), (x: number) => uniformCdf(x / limit)],
    ['uniform(0.3)', uniform(0.3), (x: number) => uniformCdf(x / 0.3)],
  ])('of %s are distributed as they should, by Kolmogorov and Smirnov', (_name, init, cdf) => {
    const values = drawn(init).sort();
    const n = values.length;
    // The largest distance between what is drawn and the distribution: of either side of each step.
    const distance = values.reduce((most, x, i) => Math.max(most, cdf(x) - i / n, (i + 1) / n - cdf(x)), 0);
    // P(distance > d) → 2 exp(−2 n d²), here one in a million. Uniform numbers of the same deviation are 0.057 away.
    expect(distance).toBeLessThan(Math.sqrt(-Math.log(1e-6 / 2) / (2 * n)));
  });
});

it.each([
  // [shape], and fan_in and fan_out of torch.nn.init for it
  [[8, 3, 5, 5], 75, 200],
  [[4, 6, 1, 3], 18, 12],
  [[30, 20], 20, 30],
])('counts the connections of a unit through its whole field: %j has %d in and %d out', (shape, fanIn, fanOut) => {
  const widest = Math.sqrt(6 / (fanIn + fanOut));
  const largest = Math.max(...initialise(xavier(), shape, 1, 0).map(Math.abs));
  expect(largest).toBeLessThanOrEqual(Math.fround(widest));
  expect(largest).toBeGreaterThan(0.9 * widest);
  // The same stream of numbers, scaled: element by element the deviation times what normal(1) draws.
  const [scaled, unit] = [he(), normal()].map((init) => initialise(init, shape, 1, 0));
  scaled.forEach((x, i) => void expect(x / unit[i]).toBeCloseTo(Math.sqrt(2 / fanIn), 6));
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
