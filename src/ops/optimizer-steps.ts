/**
 * What optimizers are made of (see nn/optimizers): the descent step and the moving averages, which overwrite their first
 * operand, and the directions between them.
 */
import addScaledWgsl from '../../shaders/update/add_scaled.wgsl';
import addSignWgsl from '../../shaders/update/add_sign.wgsl';
import averageWgsl from '../../shaders/update/average.wgsl';
import averageSquareWgsl from '../../shaders/update/average_square.wgsl';
import averageWeightsWgsl from '../../shaders/update/average_weights.wgsl';
import descendWgsl from '../../shaders/update/descend.wgsl';
import momentumWgsl from '../../shaders/update/momentum.wgsl';
import normalizeWgsl from '../../shaders/update/normalize.wgsl';
import normalizeFromWgsl from '../../shaders/update/normalize_from.wgsl';
import { DIVISION, expMinusOneError, literal, SQRT, TINY, U } from '../base/float32.ts';
import type { Attributes } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, PointwiseOp } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { equalShapes } from './shared/shapes.ts';

const f32 = (attributes: Attributes, name: string): number => Math.fround(Number(attributes[name]));
const shapes = [
  [7, 33],
  [100, 1],
  [10, 100],
] as const;
const cases = (operands: number, attributes: Attributes = {}, step = false): Case[] =>
  shapes.map((shape) => ({
    shapes: [...new Array(operands).fill(shape), ...(step ? [null] : [])],
    attributes,
    domain: [0.01, 2],
  }));

/** What multiplies the learning rate: 1 where nothing is said. */
const factorOf = ({ factor = 1 }: Attributes): number => Math.fround(Number(factor));

/** θ ← θ − η c d; inputs θ, d, step. Attribute `factor` is c, by default 1. */
export const descend: PointwiseOp = {
  kind: 'pointwise',
  name: 'descend',
  inPlace: 0,
  shape: (inputs) => equalShapes('descend', tensors(inputs)),
  f: ([theta, d], { attributes, step }) => theta - step.learningRate * factorOf(attributes) * d,
  rounding: ([theta, d], result, { attributes, step }) =>
    U * (2 * Math.abs(step.learningRate * factorOf(attributes) * d) + Math.abs(theta) + Math.abs(result)) + TINY,
  shaders: () => [descendWgsl],
  call: ([theta, d], { factor }) =>
    factor === undefined ? `descend(${theta}, ${d})` : `descend(${theta}, ${literal(factorOf({ factor }))} * ${d})`,
};

export const descendCases = (): readonly Case[] => [...cases(2, {}, true), ...cases(2, { factor: 0.3 }, true)];

/** a + factor b: weight decay (g + λ θ) and Nesterov's look-ahead (g + μ v). */
export const addScaled: PointwiseOp = {
  kind: 'pointwise',
  name: 'addScaled',
  shape: (inputs) => equalShapes('addScaled', inputs),
  f: ([a, b], { attributes }) => a + f32(attributes, 'factor') * b,
  rounding: ([a, b], result, { attributes }) =>
    U * (2 * Math.abs(f32(attributes, 'factor') * b) + Math.abs(a) + Math.abs(result)),
  shaders: () => [addScaledWgsl],
  call: ([a, b], attributes) => `add_scaled(${a}, ${b}, ${literal(f32(attributes, 'factor'))})`,
};

export const addScaledCases = (): readonly Case[] => cases(2, { factor: 0.3 });

/** a + factor sign(b), with sign(0) = 0: the gradient of an L1 penalty. */
export const addSign: PointwiseOp = {
  kind: 'pointwise',
  name: 'addSign',
  shape: (inputs) => equalShapes('addSign', inputs),
  f: ([a, b], { attributes }) => a + f32(attributes, 'factor') * Math.sign(b),
  rounding: (_args, result) => U * Math.abs(result),
  shaders: () => [addSignWgsl],
  call: ([a, b], attributes) => `add_sign(${a}, ${b}, ${literal(f32(attributes, 'factor'))})`,
};

export const addSignCases = (): readonly Case[] =>
  shapes.map((shape) => ({ shapes: [shape, shape], attributes: { factor: 0.3 } }));

/** v ← μ v + g */
export const momentum: PointwiseOp = {
  kind: 'pointwise',
  name: 'momentum',
  inPlace: 0,
  shape: (inputs) => equalShapes('momentum', inputs),
  f: ([v, g], { attributes }) => f32(attributes, 'mu') * v + g,
  rounding: ([v], result, { attributes }) => U * (Math.abs(f32(attributes, 'mu') * v) + Math.abs(result)) + TINY,
  shaders: () => [momentumWgsl],
  call: ([v, g], attributes) => `momentum(${v}, ${g}, ${literal(f32(attributes, 'mu'))})`,
};

export const momentumCases = (): readonly Case[] => cases(2, { mu: 0.9 });

/** β and 1 − β, each rounded to f32 from f64: 1 − β of a rounded β of 0.999 would be wrong by 5e-5 of itself. */
function weightsOf({ beta }: Attributes): readonly [number, number] {
  return [Math.fround(Number(beta)), Math.fround(1 - Number(beta))];
}

/** m ← β m + (1 − β) g */
export const average: PointwiseOp = {
  kind: 'pointwise',
  name: 'average',
  inPlace: 0,
  shape: (inputs) => equalShapes('average', inputs),
  f: ([m, g], { attributes }) => {
    const [beta, rest] = weightsOf(attributes);
    return beta * m + rest * g;
  },
  rounding: ([m, g], result, { attributes }) => {
    const [beta, rest] = weightsOf(attributes);
    return U * (Math.abs(beta * m) + Math.abs(rest * g) + Math.abs(result)) + TINY;
  },
  shaders: () => [averageWgsl],
  call: ([m, g], attributes) => `average(${m}, ${g}, ${weightsOf(attributes).map(literal).join(', ')})`,
};

export const averageCases = (): readonly Case[] => cases(2, { beta: 0.9 });

/** θ̄ ← r θ̄ + (1 − r) θ, where the step has r; inputs θ̄, θ, step. */
export const averageWeights: PointwiseOp = {
  kind: 'pointwise',
  name: 'averageWeights',
  inPlace: 0,
  shape: (inputs) => equalShapes('averageWeights', tensors(inputs)),
  f: ([mean, theta], { step }) => step.retained * mean + (1 - step.retained) * theta,
  rounding: ([mean, theta], result, { step }) =>
    U * (Math.abs(step.retained * mean) + 2 * Math.abs((1 - step.retained) * theta) + Math.abs(result)) + TINY,
  shaders: () => [averageWeightsWgsl, averageWgsl],
  call: ([mean, theta]) => `average_weights(${mean}, ${theta})`,
};

export const averageWeightsCases = (): readonly Case[] =>
  [0, 0.999].flatMap((retained) => cases(2, {}, true).map((example) => ({ ...example, step: { retained } })));

/** v ← β v + (1 − β) g², which stays infinite once it is: that tells what went wrong. */
export const averageSquare: PointwiseOp = {
  kind: 'pointwise',
  name: 'averageSquare',
  inPlace: 0,
  shape: (inputs) => equalShapes('averageSquare', inputs),
  f: ([v, g], { attributes }) => {
    const [beta, rest] = weightsOf(attributes);
    return v === Number.POSITIVE_INFINITY ? v : beta * v + rest * g * g;
  },
  rounding: ([v, g], result, { attributes }) => {
    const [beta, rest] = weightsOf(attributes);
    return U * (Math.abs(beta * v) + 2 * rest * g * g + Math.abs(result)) + 3 * TINY;
  },
  shaders: () => [averageSquareWgsl],
  call: ([v, g], attributes) => `average_square(${v}, ${g}, ${weightsOf(attributes).map(literal).join(', ')})`,
};

export const averageSquareCases = (): readonly Case[] => cases(2, { beta: 0.999 });

/** ln β as the device has it; βⁿ of a β that is 0, or nearly, is 0. */
const logOf = (beta: unknown): number => Math.fround(Math.max(-100, Math.log(Number(beta))));

/** Factors of m and √v, and bounds on their relative errors: those of the step, or what the updates since `from` make them. */
function correctionsOf({ from, beta1, beta2 }: Attributes, step: StepRow) {
  if (from === undefined) return { factors: [step.correction1, step.correction2], errors: [0, 0] };
  const n = Math.max(1, step.update - Number(from));
  const powers = [beta1, beta2].map((beta) => n * logOf(beta));
  const [one, two] = powers.map((power) => -Math.expm1(power));
  // n ln β rounds too, which moves 1 − βⁿ by at most as much of itself.
  const [e1, e2] = powers.map((power) => expMinusOneError(power) / -Math.expm1(power) + U);
  return { factors: [1 / one, 1 / Math.sqrt(two)], errors: [e1 + DIVISION, e2 + SQRT + DIVISION] };
}

/**
 * m̂ / (√v̂ + ε), and NaN where v is not finite, since there is no direction; inputs m, v, step. With attributes `from`, `beta1` and
 * `beta2`, m and v began after so many updates.
 */
export const normalize: PointwiseOp = {
  kind: 'pointwise',
  name: 'normalize',
  shape: (inputs) => equalShapes('normalize', tensors(inputs)),
  f: ([m, v], { attributes, step }) => {
    const [one, two] = correctionsOf(attributes, step).factors;
    return Number.isFinite(v) ? (m * one) / (Math.sqrt(v) * two + f32(attributes, 'epsilon')) : Number.NaN;
  },
  // A v below the smallest normal number may count as 0, which moves the root by at most its own root.
  rounding: (_args, result, { attributes, step }) => {
    const { factors, errors } = correctionsOf(attributes, step);
    const lost = (Math.sqrt(TINY) * factors[1]) / f32(attributes, 'epsilon');
    return Math.abs(result) * (4 * U + SQRT + DIVISION + lost + errors[0] + errors[1]) + TINY;
  },
  shaders: ({ from }) => [from === undefined ? normalizeWgsl : normalizeFromWgsl],
  call: ([m, v], { epsilon, from, beta1, beta2 }) => {
    const operands = `${m}, ${v}, ${literal(Number(epsilon))}`;
    if (from === undefined) return `normalize_by_root(${operands})`;
    return `normalize_from(${operands}, ${from}u, ${literal(logOf(beta1))}, ${literal(logOf(beta2))})`;
  },
};

export const normalizeCases = (): readonly Case[] => [
  ...cases(2, { epsilon: 1e-8 }, true),
  ...[1, 41, 47, 240, 90_000].map((update) => ({
    ...cases(2, { epsilon: 1e-8, from: 40, beta1: 0.9, beta2: 0.999 }, true)[0],
    step: { update },
  })),
  ...cases(2, { epsilon: 1e-8, from: 40, beta1: 0, beta2: 0.5 }, true).slice(0, 1),
];
