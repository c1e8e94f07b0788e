/**
 * The activations: σ, σ' and how far f32 arithmetic may stray from them. A row here and one file in shaders/act make an
 * activation; layers/pointwise.ts makes rows out of what a user gives. σ' is computed from the saved output a where it can
 * be, else from z (`saves`); one tensor is kept either way.
 */
import type { Printable } from '../graph.ts';
import type { ShaderSource } from '../shaders.ts';
import { DIVISION, expError, logError, TINY, U } from './numerics.ts';

export interface Activation {
  readonly shaders: readonly ShaderSource[];
  /** Name of σ in the WGSL; σ' is `${wgsl}_gradient`. */
  readonly wgsl: string;
  readonly saves: 'output' | 'input';
  /** Whether it lets through about half of what comes in: what He's initialisation is for. */
  readonly rectifies?: boolean;
  f(z: number): number;
  /** σ' as a function of what is saved. */
  gradient(saved: number): number;
  /** Bounds on the absolute rounding error of the two, in f32, for exact arguments. */
  rounding(z: number): number;
  gradientRounding(saved: number): number;
}

const sigma = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

// s = 1/(1+e) or e/(1+e): the error of e = exp(−|z|) enters as s(1−s), the sum and the quotient as multiples of s.
const sigmaRounding = (z: number): number => {
  const s = sigma(z);
  return s * (1 - s) * expError(z) + s * (2 * U + DIVISION) + TINY;
};

// t = (1−e)/(1+e), e = exp(−2|z|): dt/de · e = (1 − t²)/2; 1 − e and 1 + e round absolutely.
const tanhRounding = (z: number): number => {
  const t = Math.tanh(z);
  return 0.5 * (1 - t * t) * expError(2 * z) + 3 * U + DIVISION * Math.abs(t) + TINY;
};

const GELU_SLOPE = Math.sqrt(2 / Math.PI);
const geluArgument = (z: number): number => GELU_SLOPE * (z + 0.044715 * z ** 3);
/** Error of tanh(w) when w itself carries six roundings. */
const geluTanhRounding = (z: number): number => {
  const w = geluArgument(z);
  const t = Math.tanh(w);
  return (1 - t * t) * 6 * U * Math.abs(w) + tanhRounding(w);
};

const SLOPE = Math.fround(0.01);

export const activations = {
  sigmoid: {
    shaders: ['act/sigmoid'],
    wgsl: 'sigmoid',
    saves: 'output',
    f: sigma,
    gradient: (a) => a * (1 - a),
    rounding: sigmaRounding,
    gradientRounding: (a) => 3 * U * Math.abs(a * (1 - a)) + TINY,
  },
  tanh: {
    shaders: ['act/tanh'],
    wgsl: 'hyperbolic_tangent',
    saves: 'output',
    f: Math.tanh,
    gradient: (a) => 1 - a * a,
    rounding: tanhRounding,
    gradientRounding: (a) => U * (1 + 2 * a * a),
  },
  linear: {
    shaders: ['act/linear'],
    wgsl: 'linear',
    saves: 'output',
    f: (z) => z,
    gradient: () => 1,
    rounding: () => TINY,
    gradientRounding: () => 0,
  },
  relu: {
    shaders: ['act/relu'],
    wgsl: 'relu',
    saves: 'output',
    rectifies: true,
    f: (z) => (z > 0 ? z : 0),
    gradient: (a) => (a > 0 ? 1 : 0),
    rounding: () => TINY,
    gradientRounding: () => 0,
  },
  leakyRelu: {
    shaders: ['act/leaky_relu'],
    wgsl: 'leaky_relu',
    saves: 'output',
    rectifies: true,
    f: (z) => (z > 0 ? z : SLOPE * z),
    gradient: (a) => (a > 0 ? 1 : SLOPE),
    rounding: (z) => (z > 0 ? 0 : U * Math.abs(SLOPE * z)) + TINY,
    gradientRounding: () => 0,
  },
  elu: {
    shaders: ['act/elu'],
    wgsl: 'elu',
    saves: 'output',
    rectifies: true,
    f: (z) => (z > 0 ? z : Math.expm1(z)),
    gradient: (a) => (a > 0 ? 1 : a + 1),
    rounding: (z) => (z > 0 ? TINY : Math.exp(z) * expError(z) + U),
    gradientRounding: () => U,
  },
  gelu: {
    shaders: ['act/gelu'],
    wgsl: 'gelu',
    saves: 'input',
    rectifies: true,
    f: (z) => 0.5 * z * (1 + Math.tanh(geluArgument(z))),
    gradient: (z) => {
      const t = Math.tanh(geluArgument(z));
      return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * GELU_SLOPE * (1 + 3 * 0.044715 * z * z);
    },
    rounding: (z) =>
      0.5 * Math.abs(z) * (geluTanhRounding(z) + 4 * U * (1 + Math.abs(Math.tanh(geluArgument(z))))) + TINY,
    gradientRounding: (z) => {
      const t = Math.tanh(geluArgument(z));
      const slope = 0.5 * Math.abs(z) * GELU_SLOPE * (1 + 3 * 0.044715 * z * z);
      const terms = 0.5 * (1 + Math.abs(t)) + slope * (1 - t * t);
      return 0.5 * geluTanhRounding(z) + slope * (2 * geluTanhRounding(z) + 2 * U) + 8 * U * terms + TINY;
    },
  },
  silu: {
    shaders: ['act/silu'],
    wgsl: 'silu',
    saves: 'input',
    rectifies: true,
    f: (z) => z * sigma(z),
    gradient: (z) => sigma(z) + z * sigma(z) * (1 - sigma(z)),
    rounding: (z) => Math.abs(z) * (sigmaRounding(z) + U * sigma(z)) + TINY,
    gradientRounding: (z) => {
      const s = sigma(z);
      const product = Math.abs(z) * s * (1 - s);
      return sigmaRounding(z) * (1 + Math.abs(z)) + U * (4 * product + Math.abs(z) * s + 2 * s) + TINY;
    },
  },
  softplus: {
    shaders: ['act/softplus'],
    wgsl: 'softplus',
    saves: 'output',
    rectifies: true,
    f: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
    gradient: (a) => -Math.expm1(-a),
    rounding: (z) => {
      const e = Math.exp(-Math.abs(z));
      return e * expError(z) + U + logError(1 + e) + U * (Math.max(z, 0) + 1);
    },
    gradientRounding: (a) => Math.exp(-a) * expError(a) + U,
  },
} satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;

/** An activation that is no row of the table. */
export interface OwnActivation extends Activation, Printable {}

export const activation = (f: string | OwnActivation): Activation =>
  typeof f === 'string' ? activations[f as ActivationName] : f;
