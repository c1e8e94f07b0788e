/**
 * The activations: σ, σ' and how far f32 arithmetic may stray from them. A row here and one file in shaders/act make an
 * activation; the function `pointwise` makes rows out of what a user gives. σ' is computed from the saved output a where it can
 * be, else from z (`saves`); one tensor is kept either way. Of sigmoid and tanh it is taken from the rounded a, as PyTorch does, and
 * so it is 0 where a rounds to 1 or −1.
 */
import eluWgsl from '../../shaders/act/elu.wgsl';
import geluWgsl from '../../shaders/act/gelu.wgsl';
import hardSigmoidWgsl from '../../shaders/act/hard_sigmoid.wgsl';
import hardSwishWgsl from '../../shaders/act/hard_swish.wgsl';
import leakyReluWgsl from '../../shaders/act/leaky_relu.wgsl';
import linearWgsl from '../../shaders/act/linear.wgsl';
import mishWgsl from '../../shaders/act/mish.wgsl';
import reluWgsl from '../../shaders/act/relu.wgsl';
import relu6Wgsl from '../../shaders/act/relu6.wgsl';
import seluWgsl from '../../shaders/act/selu.wgsl';
import sigmoidWgsl from '../../shaders/act/sigmoid.wgsl';
import siluWgsl from '../../shaders/act/silu.wgsl';
import softplusWgsl from '../../shaders/act/softplus.wgsl';
import tanhWgsl from '../../shaders/act/tanh.wgsl';
import { DIVISION, expError, expMinusOneError, LOG_ONE_PLUS, TINY, U } from '../base/float32.ts';
import { nameOf, type Printable, type ShaderFile } from '../graph/op.ts';
import { exactGelu } from './exact-gelu.ts';
import { type Bounded, exact, over, plus, times } from './shared/bounded.ts';

export interface Activation {
  /**
   * The WGSL of σ and σ'.
   *
   * @internal
   */
  readonly shaders: readonly ShaderFile[];
  /** Name of σ in the WGSL; σ' is `${wgsl}_gradient`. */
  readonly wgsl: string;
  /** What σ' is computed from: σ(z) or z. */
  readonly saves: 'output' | 'input';
  /**
   * n times the variance of the weights, of a unit with n inputs, with which it is usually trained: 2 where it lets through
   * about half of its input (He), 1 where it normalises itself (LeCun). Default: Xavier's initialisation.
   */
  readonly variance?: 1 | 2;
  /** σ(z). */
  f(z: number): number;
  /** σ' as a function of what is saved. */
  gradient(saved: number): number;
  /** Bound on the absolute rounding error of σ in f32, for exact arguments. */
  rounding(z: number): number;
  /** Bound on the absolute rounding error of σ' in f32, for exact arguments. */
  gradientRounding(saved: number): number;
}

/** An activation of your own; made by {@link pointwise}. */
export interface OwnActivation extends Activation, Printable {}

const sigma = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

/** Relative error of σ(z) = 1/(1+e) or e/(1+e): the error of e = exp(−|z|) enters times 1 − s, the sum and the quotient whole. */
export const sigmaError = (z: number): number => sigma(-z) * expError(z) + 2 * U + DIVISION;
/** What an e that may count as 0, since it is below the smallest normal number, can make of z σ(z). */
const flushed = (z: number): number => (1 + Math.min(Math.abs(z), 128)) * TINY;

/** Error of log(1 + e), where the error of e = exp(−|z|) enters whole at most. */
export const softplusTailError = (z: number): number =>
  Math.log1p(Math.exp(-Math.abs(z))) * (expError(z) + LOG_ONE_PLUS) + TINY;

/** tanh z = −m / (2 + m): the error of m enters times 2 / (2 + m)², the sum and the quotient whole. */
const tanhRounding = (z: number): number => {
  const m = Math.expm1(-2 * Math.abs(z));
  return expMinusOneError(-2 * Math.abs(z)) * (2 / (2 + m) ** 2) + (2 * U + DIVISION) * Math.abs(Math.tanh(z)) + TINY;
};

const GELU_SLOPE = 2 * Math.sqrt(2 / Math.PI);
const geluArgument = (z: number): number => GELU_SLOPE * (z + 0.044715 * z ** 3);
/** Relative error of σ(2w), where 2w carries eight roundings. */
const geluSigmaError = (z: number): number => {
  const w = geluArgument(z);
  return sigmaError(w) + 8 * U * Math.abs(w) * sigma(-w);
};

const hardSigma = (z: number): number => Math.min(Math.max((z + 3) / 6, 0), 1);

const SLOPE = Math.fround(0.01);

/** λ and λ α of Klambauer et al. 2017: with them, mean 0 and variance 1 are a fixed point. */
const SELU_SCALE = 1.0507009873554805;
const SELU_DEPTH = 1.7580993408473766;

const twice = (a: Bounded): Bounded => ({ value: 2 * a.value, error: 2 * a.error });

/** As in mish.wgsl, operation by operation: e = exp(−|z|), and n and d with tanh(log(1 + eᶻ)) = n / d. */
function mishParts(z: number): { readonly e: Bounded; readonly n: Bounded; readonly d: Bounded } {
  const value = Math.exp(-Math.abs(z));
  const e = { value, error: value * expError(z) + TINY };
  const n = z < 0 ? times(e, plus(e, exact(2))) : plus(exact(1), twice(e));
  return { e, n, d: plus(n, z < 0 ? exact(2) : twice(times(e, e))) };
}

function mishValue(z: number): Bounded {
  const { n, d } = mishParts(z);
  return times(exact(z), over(n, d));
}

function mishSlope(z: number): Bounded {
  const { e, n, d } = mishParts(z);
  const p = z < 0 ? e : times(e, e);
  const slope = over(times(twice(twice(p)), plus(exact(1), e)), times(d, d));
  return plus(over(n, d), times(exact(z), slope));
}

export const sigmoid: OwnActivation = {
  name: 'sigmoid',
  toString: nameOf,
  shaders: [sigmoidWgsl],
  wgsl: 'sigmoid',
  saves: 'output',
  f: sigma,
  gradient: (a) => a * (1 - a),
  rounding: (z) => sigma(z) * sigmaError(z) + TINY,
  gradientRounding: (a) => 3 * U * Math.abs(a * (1 - a)) + TINY,
};

export const tanh: OwnActivation = {
  name: 'tanh',
  toString: nameOf,
  shaders: [tanhWgsl],
  wgsl: 'hyperbolic_tangent',
  saves: 'output',
  f: Math.tanh,
  gradient: (a) => (1 - a) * (1 + a),
  rounding: tanhRounding,
  gradientRounding: (a) => 4 * U * Math.abs((1 - a) * (1 + a)),
};

export const linear: OwnActivation = {
  name: 'linear',
  toString: nameOf,
  shaders: [linearWgsl],
  wgsl: 'linear',
  saves: 'output',
  f: (z) => z,
  gradient: () => 1,
  rounding: () => TINY,
  gradientRounding: () => 0,
};

export const relu: OwnActivation = {
  name: 'relu',
  toString: nameOf,
  shaders: [reluWgsl],
  wgsl: 'relu',
  saves: 'output',
  variance: 2,
  f: (z) => (z <= 0 ? 0 : z),
  gradient: (a) => (a > 0 ? 1 : 0),
  rounding: () => TINY,
  gradientRounding: () => 0,
};

export const leakyRelu: OwnActivation = {
  name: 'leakyRelu',
  toString: nameOf,
  shaders: [leakyReluWgsl],
  wgsl: 'leaky_relu',
  saves: 'output',
  variance: 2,
  f: (z) => (z > 0 ? z : SLOPE * z),
  gradient: (a) => (a > 0 ? 1 : SLOPE),
  rounding: (z) => (z > 0 ? 0 : U * Math.abs(SLOPE * z)) + TINY,
  gradientRounding: () => 0,
};

export const elu: OwnActivation = {
  name: 'elu',
  toString: nameOf,
  shaders: [eluWgsl],
  wgsl: 'elu',
  saves: 'output',
  variance: 2,
  f: (z) => (z > 0 ? z : Math.expm1(z)),
  gradient: (a) => (a > 0 ? 1 : a + 1),
  rounding: (z) => (z > 0 ? 0 : expMinusOneError(z)) + TINY,
  gradientRounding: (a) => (a > 0 ? 0 : U * (a + 1)),
};

export const gelu: OwnActivation = {
  name: 'gelu',
  toString: nameOf,
  shaders: [geluWgsl],
  wgsl: 'gelu',
  saves: 'input',
  variance: 2,
  f: (z) => z * sigma(geluArgument(z)),
  gradient: (z) => {
    const w = geluArgument(z);
    return sigma(w) * (1 + z * sigma(-w) * GELU_SLOPE * (1 + 3 * 0.044715 * z * z));
  },
  rounding: (z) => Math.abs(z) * sigma(geluArgument(z)) * (geluSigmaError(z) + U) + flushed(z),
  gradientRounding: (z) => {
    const w = geluArgument(z);
    const product = Math.abs(z) * sigma(-w) * GELU_SLOPE * (1 + 3 * 0.044715 * z * z);
    const errors = product * (geluSigmaError(-z) + 8 * U) + (1 + product) * (geluSigmaError(z) + 2 * U);
    return sigma(w) * errors + 2 ** 10 * TINY;
  },
};

export const silu: OwnActivation = {
  name: 'silu',
  toString: nameOf,
  shaders: [siluWgsl],
  wgsl: 'silu',
  saves: 'input',
  variance: 2,
  f: (z) => z * sigma(z),
  gradient: (z) => sigma(z) * (1 + z * sigma(-z)),
  rounding: (z) => Math.abs(z) * sigma(z) * (sigmaError(z) + U) + flushed(z),
  gradientRounding: (z) => {
    const product = Math.abs(z) * sigma(-z);
    const errors = product * (sigmaError(-z) + 2 * U) + (1 + product) * (sigmaError(z) + 2 * U);
    return sigma(z) * errors + flushed(z);
  },
};

export const softplus: OwnActivation = {
  name: 'softplus',
  toString: nameOf,
  shaders: [softplusWgsl],
  wgsl: 'softplus',
  saves: 'output',
  variance: 2,
  f: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  gradient: (a) => -Math.expm1(-a),
  rounding: (z) => softplusTailError(z) + U * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))),
  gradientRounding: (a) => expMinusOneError(-a) + TINY,
};

export const mish: OwnActivation = {
  name: 'mish',
  toString: nameOf,
  shaders: [mishWgsl],
  wgsl: 'mish',
  saves: 'input',
  variance: 2,
  f: (z) => mishValue(z).value,
  gradient: (z) => mishSlope(z).value,
  rounding: (z) => mishValue(z).error,
  gradientRounding: (z) => mishSlope(z).error,
};

export const relu6: OwnActivation = {
  name: 'relu6',
  toString: nameOf,
  shaders: [relu6Wgsl],
  wgsl: 'relu6',
  saves: 'output',
  variance: 2,
  f: (z) => Math.min(Math.max(z, 0), 6),
  gradient: (a) => (a > 0 && a < 6 ? 1 : 0),
  rounding: () => TINY,
  gradientRounding: () => 0,
};

export const hardSigmoid: OwnActivation = {
  name: 'hardSigmoid',
  toString: nameOf,
  shaders: [hardSigmoidWgsl],
  wgsl: 'hard_sigmoid',
  saves: 'output',
  f: hardSigma,
  gradient: (a) => (a > 0 && a < 1 ? 1 / 6 : 0),
  rounding: (z) => 3 * U * hardSigma(z) + TINY,
  gradientRounding: () => U / 6,
};

export const hardSwish: OwnActivation = {
  name: 'hardSwish',
  toString: nameOf,
  shaders: [hardSwishWgsl],
  wgsl: 'hard_swish',
  saves: 'input',
  variance: 2,
  f: (z) => z * hardSigma(z),
  gradient: (z) => (z <= -3 ? 0 : z >= 3 ? 1 : (2 * z + 3) / 6),
  rounding: (z) => 4 * U * Math.abs(z * hardSigma(z)) + TINY,
  gradientRounding: (z) => (Math.abs(z) < 3 ? 3 * U * Math.abs((2 * z + 3) / 6) + TINY : 0),
};

export const selu: OwnActivation = {
  name: 'selu',
  toString: nameOf,
  shaders: [seluWgsl],
  wgsl: 'selu',
  saves: 'output',
  variance: 1,
  f: (z) => (z > 0 ? SELU_SCALE * z : SELU_DEPTH * Math.expm1(z)),
  gradient: (a) => (a > 0 ? SELU_SCALE : a + SELU_DEPTH),
  rounding: (z) => (z > 0 ? 2 * U * SELU_SCALE * z : SELU_DEPTH * (expMinusOneError(z) - 2 * U * Math.expm1(z))) + TINY,
  gradientRounding: (a) => U * (SELU_DEPTH + Math.abs(a > 0 ? 0 : a + SELU_DEPTH)),
};

/** All of them, for the tests of the ops. */
export const activations = {
  sigmoid,
  tanh,
  linear,
  relu,
  leakyRelu,
  elu,
  gelu,
  exactGelu,
  silu,
  softplus,
  mish,
  relu6,
  hardSigmoid,
  hardSwish,
  selu,
};

export type ActivationName = keyof typeof activations;
