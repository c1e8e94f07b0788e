/**
 * Losses that are a sum over outputs of a term c(a, y): c, ∂c/∂a and bounds on their f32 rounding errors. A row here and
 * one file in shaders/loss make such a loss; `factor` and the mean over the batch come from the weight (see the op `loss`).
 */
import absoluteErrorWgsl from '../../shaders/loss/absolute_error.wgsl';
import binaryCrossEntropyWgsl from '../../shaders/loss/binary_cross_entropy.wgsl';
import categoricalCrossEntropyWgsl from '../../shaders/loss/categorical_cross_entropy.wgsl';
import focalWgsl from '../../shaders/loss/focal.wgsl';
import hingeWgsl from '../../shaders/loss/hinge.wgsl';
import huberWgsl from '../../shaders/loss/huber.wgsl';
import sigmoidCrossEntropyWgsl from '../../shaders/loss/sigmoid_cross_entropy.wgsl';
import squaredErrorWgsl from '../../shaders/loss/squared_error.wgsl';
import { DIVISION, expError, logError, TINY, U } from '../base/float32.ts';
import { nameOf, type Printable, type ShaderFile } from '../graph/op.ts';
import { sigmaError, sigmoid, softplusTailError } from './activation-table.ts';

export interface Loss extends Printable {
  readonly shaders: readonly ShaderFile[];
  /** Name of c in the WGSL; ∂c/∂a is `${wgsl}_gradient`. */
  readonly wgsl: string;
  /** What both take in the WGSL behind a and y. */
  readonly constants?: readonly number[];
  term(a: number, y: number): number;
  gradient(a: number, y: number): number;
  rounding(a: number, y: number): number;
  gradientRounding(a: number, y: number): number;
}

const sigma = sigmoid.f;

const FLOOR = 2 ** -20;
const inner = (a: number): number => Math.min(Math.max(a, FLOOR), 1 - FLOOR);

export const squaredError: Loss = {
  name: 'squaredError',
  toString: nameOf,
  shaders: [squaredErrorWgsl],
  wgsl: 'squared_error',
  term: (a, y) => (a - y) ** 2,
  gradient: (a, y) => 2 * (a - y),
  rounding: (a, y) => 4 * U * (a - y) ** 2,
  gradientRounding: (a, y) => 2 * U * Math.abs(a - y),
};

export const binaryCrossEntropy: Loss = {
  name: 'binaryCrossEntropy',
  toString: nameOf,
  shaders: [binaryCrossEntropyWgsl],
  wgsl: 'binary_cross_entropy',
  term: (a, y) => -y * Math.log(inner(a)) - (1 - y) * Math.log(1 - inner(a)),
  gradient: (a, y) => (inner(a) - y) / (inner(a) * (1 - inner(a))),
  rounding: (a, y) => {
    const p = inner(a);
    const first = Math.abs(y) * (logError(p) + 2 * U * Math.abs(Math.log(p)));
    // 1 − p rounds relative to itself by U, which moves its logarithm by U.
    const second = Math.abs(1 - y) * (logError(1 - p) + U + 3 * U * Math.abs(Math.log(1 - p)));
    return first + second;
  },
  gradientRounding: (a, y) => (4 * U + DIVISION) * Math.abs((inner(a) - y) / (inner(a) * (1 - inner(a)))),
};

export const categoricalCrossEntropy: Loss = {
  name: 'categoricalCrossEntropy',
  toString: nameOf,
  shaders: [categoricalCrossEntropyWgsl],
  wgsl: 'categorical_cross_entropy',
  term: (a, y) => -y * Math.log(Math.max(a, FLOOR)),
  gradient: (a, y) => -y / Math.max(a, FLOOR),
  rounding: (a, y) => Math.abs(y) * (logError(Math.max(a, FLOOR)) + U * Math.abs(Math.log(Math.max(a, FLOOR)))),
  gradientRounding: (a, y) => DIVISION * Math.abs(y / Math.max(a, FLOOR)),
};

export const sigmoidCrossEntropy: Loss = {
  name: 'sigmoidCrossEntropy',
  toString: nameOf,
  shaders: [sigmoidCrossEntropyWgsl],
  wgsl: 'sigmoid_cross_entropy',
  term: (z, y) => Math.max(z, 0) - y * z + Math.log1p(Math.exp(-Math.abs(z))),
  gradient: (z, y) => (1 - y) * sigma(z) - y * sigma(-z),
  rounding: (z, y) => {
    const linear = Math.max(z, 0) - y * z;
    // Products with 0 and 1 are exact, and a difference of equal numbers is.
    const product = y === 0 || y === 1 ? 0 : Math.abs(y * z);
    const tail = Math.log1p(Math.exp(-Math.abs(z)));
    return U * (product + 2 * Math.abs(linear) + tail) + softplusTailError(z);
  },
  gradientRounding: (z, y) => {
    const [up, down] = [(1 - y) * sigma(z), y * sigma(-z)];
    return (
      Math.abs(up) * (sigmaError(z) + 2 * U) +
      Math.abs(down) * (sigmaError(-z) + U) +
      U * Math.abs(up - down) +
      (1 + Math.abs(y)) * TINY
    );
  },
};

export const absoluteError: Loss = {
  name: 'absoluteError',
  toString: nameOf,
  shaders: [absoluteErrorWgsl],
  wgsl: 'absolute_error',
  term: (a, y) => Math.abs(a - y),
  gradient: (a, y) => Math.sign(a - y),
  rounding: (a, y) => U * Math.abs(a - y),
  gradientRounding: () => 0,
};

export function huber(delta: number): Loss {
  const bound = Math.fround(delta);
  return {
    name: 'huber',
    toString: nameOf,
    shaders: [huberWgsl],
    wgsl: 'huber',
    constants: [bound],
    term: (a, y) => {
      const d = Math.abs(a - y);
      return d <= bound ? d ** 2 / 2 : bound * (d - bound / 2);
    },
    gradient: (a, y) => Math.min(Math.max(a - y, -bound), bound),
    rounding: (a, y) => 4 * U * Math.min(Math.abs(a - y), bound) * Math.abs(a - y) + TINY,
    gradientRounding: (a, y) => U * Math.abs(a - y),
  };
}

const sign = (y: number): number => (y > 0 ? 1 : -1);

export const hinge: Loss = {
  name: 'hinge',
  toString: nameOf,
  shaders: [hingeWgsl],
  wgsl: 'hinge',
  term: (a, y) => Math.max(0, 1 - sign(y) * a),
  gradient: (a, y) => (sign(y) * a < 1 ? -sign(y) : 0),
  rounding: (a, y) => U * Math.abs(1 - sign(y) * a),
  gradientRounding: () => 0,
};

/** The focal loss of γ and α, from logits; its α weighs both answers. */
export function focal(gamma: number, alpha: number): Loss {
  const [power, share] = [gamma, alpha].map(Math.fround);
  const { term, gradient, rounding, gradientRounding } = sigmoidCrossEntropy;
  const missOf = (z: number, y: number) => Math.max(0, (1 - y) * sigma(z) + y * sigma(-z));
  const missError = (z: number) => Math.max(sigmaError(z), sigmaError(-z)) + 3 * U;
  const weightOf = (z: number, y: number) => (share * y + (1 - share) * (1 - y)) * missOf(z, y) ** power;
  /** Relative error of the weight: a power errs as log2, a product and exp2 do. */
  const weightError = (z: number, y: number) => {
    const log = power === 0 ? 0 : Math.log(Math.max(missOf(z, y), TINY));
    const ofLog = Math.LN2 * (power * logError2(log) + 2 * U * Math.abs(power * (log / Math.LN2)));
    return power * missError(z) + ofLog + expError((power * log) / Math.LN2) + 4 * U;
  };
  /** γ (1 − 2y) σ(z) σ(−z) / m. */
  const slopeOf = (z: number, y: number) => {
    const m = missOf(z, y);
    return m > 0 ? (power * (1 - 2 * y) * sigma(z) * sigma(-z)) / m : 0;
  };
  const slopeError = (z: number) => sigmaError(z) + sigmaError(-z) + missError(z) + DIVISION + 5 * U;
  const flushed = (z: number) => 2 ** 10 * (1 + power) * (1 + Math.abs(z)) * TINY;
  return {
    name: 'focal',
    toString: nameOf,
    shaders: [focalWgsl],
    wgsl: 'focal',
    constants: [power, share],
    term: (z, y) => weightOf(z, y) * term(z, y),
    gradient: (z, y) => weightOf(z, y) * (gradient(z, y) + slopeOf(z, y) * term(z, y)),
    rounding: (z, y) => weightOf(z, y) * (rounding(z, y) + (weightError(z, y) + U) * term(z, y)) + flushed(z),
    gradientRounding: (z, y) => {
      const [slope, cost] = [Math.abs(slopeOf(z, y)), term(z, y)];
      const size = Math.abs(gradient(z, y)) + slope * cost;
      const inner = gradientRounding(z, y) + slope * (rounding(z, y) + (slopeError(z) + U) * cost) + U * size;
      return weightOf(z, y) * (inner + (weightError(z, y) + U) * size) + flushed(z);
    },
  };
}

/** Absolute error of log2(x), from the natural logarithm of x. */
const logError2 = (log: number): number => (Math.abs(log) <= Math.LN2 ? 2 ** -21 : 6 * U * Math.abs(log / Math.LN2));

/** All of them, with options where they have some, and the range of a for the tests of the ops. */
export const losses = {
  squaredError,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  sigmoidCrossEntropy,
  absoluteError,
  huber: /* @__PURE__ */ huber(0.7),
  hinge,
  focal: /* @__PURE__ */ focal(2, 0.25),
  focalOfRoot: /* @__PURE__ */ focal(0.5, 0.5),
  focalOfNone: /* @__PURE__ */ focal(0, 0.75),
};

export type LossTerm = keyof typeof losses;
