/** Activations and losses over all that f32 holds, against f64, relative to what they are: also where they are tiny. */
import { describe, expect, test } from 'vitest';
import { append, createGraph } from '../../src/graph/graph.ts';
import { batch, leaf, stepOf } from '../../src/graph/leaf.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { activation, appendSlope } from '../../src/ops/activation.ts';
import { type ActivationName, activations } from '../../src/ops/activation-table.ts';
import { lossGradient, lossTerms } from '../../src/ops/loss.ts';
import { losses } from '../../src/ops/loss-table.ts';
import { softmaxCrossEntropy } from '../../src/ops/softmax-cross-entropy.ts';
import { expectReference, runGraph, useGpu } from '../support/harness.ts';

const gpu = useGpu();

/** Results below it may be flushed to 0; times a z that they are multiplied with. */
const TINY = 2 ** -126;
const FLUSHED = 150 * TINY;

const powers = Array.from({ length: 16 * 76 + 1 }, (_, i) => 10 ** (i / 16 - 38)).filter((z) => z >= TINY && z < 3e38);
/** From the smallest normal number to the largest, on both sides, and what is next to where formulas change. */
const grid = Float32Array.from([0, 0.25, 0.5, 1, 3, 6, 12, 50, 88, ...powers].flatMap((z) => [z, -z]));

const sigma = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const hardSigma = (z: number): number => (z <= -3 ? 0 : z >= 3 ? 1 : z / 6 + 1 / 2);
/** λ and α of SELU, as PyTorch has them. */
const [SCALE, ALPHA] = [1.0507009873554805, 1.6732632423543772];
/** φ(z) and Φ(z); Φ(−x) = φ(x) ∫ exp(−x t − t²/2) dt over t > 0, by the trapezoidal rule in u, with t = exp(u − exp(−u)). */
const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
function distribution(z: number): number {
  if (z > 0) return 1 - distribution(-z);
  let sum = 0;
  for (let u = -4; u < 5; u += 1 / 32) {
    const t = Math.exp(u - Math.exp(-u));
    sum += (Math.exp(z * t - (t * t) / 2) * t * (1 + Math.exp(-u))) / 32;
  }
  return density(z) * sum;
}
const twice = (z: number): number => 2 * Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3);

interface Wanted {
  f(z: number): number;
  /** Of z, or of a where it is saved. */
  slope(saved: number): number;
  /** What the exponential in it is taken of: it errs by so many units. */
  exponent?(z: number): number;
  /** Of a slope: the larger of the terms that cancel in it. */
  terms?(z: number): number;
}
const wanted: Record<ActivationName, Wanted> = {
  sigmoid: { f: sigma, slope: (a) => a * (1 - a) },
  tanh: { f: Math.tanh, slope: (a) => (1 - a) * (1 + a) },
  linear: { f: (z) => z, slope: () => 1 },
  relu: { f: (z) => Math.max(z, 0), slope: (a) => (a > 0 ? 1 : 0) },
  leakyRelu: { f: (z) => (z > 0 ? z : Math.fround(0.01) * z), slope: (a) => (a > 0 ? 1 : Math.fround(0.01)) },
  elu: { f: (z) => (z > 0 ? z : Math.expm1(z)), slope: (a) => (a > 0 ? 1 : a + 1) },
  gelu: {
    f: (z) => z * sigma(twice(z)),
    slope: (z) => sigma(twice(z)) * (1 + z * sigma(-twice(z)) * 2 * Math.sqrt(2 / Math.PI) * (1 + 0.134145 * z * z)),
    exponent: twice,
    terms: (z) => sigma(twice(z)),
  },
  exactGelu: {
    f: (z) => z * distribution(z),
    slope: (z) => distribution(z) + (Math.abs(z) < 50 ? z * density(z) : 0),
    exponent: (z) => (z * z) / 2,
    terms: (z) => distribution(z) + (Math.abs(z) < 50 ? Math.abs(z) * density(z) : 0),
  },
  silu: { f: (z) => z * sigma(z), slope: (z) => sigma(z) * (1 + z * sigma(-z)), terms: sigma },
  softplus: { f: softplus, slope: (a) => -Math.expm1(-a) },
  mish: {
    f: (z) => z * Math.tanh(softplus(z)),
    slope: (z) => Math.tanh(softplus(z)) + (z * sigma(z)) / Math.cosh(softplus(z)) ** 2,
    terms: (z) => Math.tanh(softplus(z)),
  },
  relu6: { f: (z) => Math.min(Math.max(z, 0), 6), slope: (a) => (a > 0 && a < 6 ? 1 : 0) },
  hardSigmoid: { f: hardSigma, slope: (a) => (a > 0 && a < 1 ? 1 / 6 : 0) },
  hardSwish: {
    f: (z) => z * hardSigma(z),
    slope: (z) => (z <= -3 ? 0 : z >= 3 ? 1 : z / 3 + 1 / 2),
    terms: (z) => (Math.abs(z) < 3 ? 1 / 2 : 0),
  },
  selu: {
    f: (z) => (z > 0 ? SCALE * z : SCALE * ALPHA * Math.expm1(z)),
    slope: (a) => (a > 0 ? SCALE : a + SCALE * ALPHA),
    terms: (a) => (a > 0 ? 0 : SCALE * ALPHA),
  },
};

/** Every value within a few units of f32 of what it should be, and of what the exponential in it errs by. */
function expectClose(
  found: ArrayLike<number>,
  at: ArrayLike<number>,
  f: (z: number) => number,
  { exponent = (z) => z, terms }: Partial<Wanted> = {},
): void {
  expect(found.length).toBe(at.length);
  for (let i = 0; i < at.length; i++) {
    const z = at[i];
    const units = 2e-6 + 6e-7 * Math.min(Math.abs(exponent(z)), 140);
    const allowed = units * (Math.abs(f(z)) + (terms?.(z) ?? 0)) + FLUSHED;
    if (!(Math.abs(found[i] - f(z)) <= allowed)) expect.fail(`at ${z}: ${found[i]} instead of ${f(z)}`);
  }
}

/** σ and σ' of a row of numbers on the GPU. */
async function run(f: ActivationName, z: Float32Array, isCompared = true) {
  const graph = createGraph();
  const a = append(graph, activation, [leaf(graph, batch, 'z', [1, z.length])], { f: activations[f] }, 'a');
  appendSlope(graph, a, 'slope');
  const step = stepRow({ columns: z.length });
  const tensors = await runGraph(gpu, graph, new Map([['z', z]]), step);
  if (isCompared) await expectReference(gpu, graph, new Map([['z', z]]), step);
  return { a: tensors.get('a')!, slope: tensors.get('slope')! };
}

describe.each(Object.keys(wanted) as ActivationName[])('%s', (name) => {
  const { f, slope, ...more } = wanted[name];
  const { saves } = activations[name];

  test('and its slope on a GPU are what they are in f64, from the smallest number to the largest', async () => {
    const found = await run(name, grid);
    expectClose(found.a, grid, f, { exponent: more.exponent });
    expectClose(found.slope, saves === 'output' ? found.a : grid, slope, more);
  });

  test('and its slope are so in the reference', () => {
    const row = activations[name];
    const a = Array.from(grid, (z) => row.f(z));
    for (const [i, z] of grid.entries()) {
      const saved = saves === 'output' ? a[i] : z;
      const allowed = 1e-13 * (1 + Math.min(Math.abs(z) ** 3, 2000));
      expect(Math.abs(a[i] - f(z)), `${name}(${z})`).toBeLessThanOrEqual(allowed * Math.abs(f(z)));
      const terms = Math.abs(slope(saved)) + (more.terms?.(saved) ?? 0);
      expect(Math.abs(row.gradient(saved) - slope(saved)), `slope at ${saved}`).toBeLessThanOrEqual(allowed * terms);
    }
  });

  test('makes no number of what is none', async () => {
    const { a } = await run(name, Float32Array.of(Number.NaN, 1), false);
    expect(a[0]).toBeNaN();
    expect(activations[name].f(Number.NaN)).toBeNaN();
  });
});

test.each<[ActivationName, number, number, number | undefined]>([
  ['tanh', 1e-6, 1e-6, undefined],
  ['tanh', 1e-8, 1e-8, undefined],
  ['elu', -1e-8, -1e-8, undefined],
  ['softplus', -17, 4.139937e-8, undefined],
  ['softplus', -15, 3.059022e-7, 3.059022e-7],
  ['gelu', 1e20, 1e20, 1],
  ['gelu', -1e20, 0, 0],
  ['gelu', -5, -2.2917962e-7, undefined],
  // From PyTorch's GELU() in double precision.
  ['exactGelu', -1, -0.158655254, -0.0833154706],
  ['exactGelu', -5, -1.43325786e-6, -7.146946e-6],
  ['exactGelu', 3, 2.99595031, 1.01194565],
  ['exactGelu', 1e20, 1e20, 1],
  ['exactGelu', -1e20, 0, 0],
])('%s(%d) = %d', async (name, z, value, slope) => {
  const found = await run(name, Float32Array.of(z));
  const close = (x: number, to: number) => expect(Math.abs(x - to)).toBeLessThanOrEqual(3e-5 * Math.abs(to) + FLUSHED);
  close(found.a[0], value);
  if (slope !== undefined) close(found.slope[0], slope);
});

describe('cross-entropy of logits', () => {
  const step = stepRow({ columns: grid.length });

  test.each([0, 1, 0.25])(
    'sigmoidCrossEntropy and its gradient for a target of %d, relative to what they are',
    async (y) => {
      const graph = createGraph();
      const inputs = [
        leaf(graph, batch, 'z', [1, grid.length]),
        leaf(graph, batch, 'y', [1, grid.length]),
        stepOf(graph),
      ];
      const attributes = { term: losses.sigmoidCrossEntropy, factor: 1, mean: false };
      append(graph, lossTerms, inputs, attributes, 'loss');
      append(graph, lossGradient, inputs, attributes, 'gradient');
      const leaves = new Map([
        ['z', grid],
        ['y', new Float32Array(grid.length).fill(y)],
      ]);
      const tensors = await runGraph(gpu, graph, leaves, step);
      await expectReference(gpu, graph, leaves, step);
      const loss = (z: number) => (1 - y) * softplus(z) + y * softplus(-z);
      const gradient = (z: number) => (1 - y) * sigma(z) - y * sigma(-z);
      expectClose(tensors.get('loss')!, grid, loss);
      expectClose(tensors.get('gradient')!, grid, gradient, { terms: y === 0.25 ? sigma : undefined });
      for (const z of grid) {
        const { term, gradient: slope } = losses.sigmoidCrossEntropy;
        expect(Math.abs(term(z, y) - loss(z))).toBeLessThanOrEqual(1e-13 * loss(z));
        expect(Math.abs(slope(z, y) - gradient(z))).toBeLessThanOrEqual(1e-13);
      }
    },
  );

  test.each([0, 1])('softmaxCrossEntropy of the logits (0, z) and class %d', async (right) => {
    const graph = createGraph();
    const shape = [2, grid.length];
    const inputs = [leaf(graph, batch, 'z', shape), leaf(graph, batch, 'y', shape), stepOf(graph)];
    append(graph, softmaxCrossEntropy, inputs, { mean: false }, 'loss');
    const y = Float32Array.from({ length: 2 * grid.length }, (_, i) => Number(Math.floor(i / grid.length) === right));
    const leaves = new Map([
      ['z', Float32Array.of(...new Float32Array(grid.length), ...grid)],
      ['y', y],
    ]);
    const tensors = await runGraph(gpu, graph, leaves, step);
    await expectReference(gpu, graph, leaves, step);
    expectClose(tensors.get('loss')!, grid, (z) => softplus(right === 0 ? z : -z));
  });
});
