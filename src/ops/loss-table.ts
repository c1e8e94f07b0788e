/**
 * Losses that are a sum over outputs of a term c(a, y): c, ∂c/∂a and bounds on their f32 rounding errors. A row here and
 * one file in shaders/loss make such a loss; `factor` and the mean over the batch come from the weight (see the op `loss`).
 */
import binaryCrossEntropyWgsl from '../../shaders/loss/binary_cross_entropy.wgsl';
import categoricalCrossEntropyWgsl from '../../shaders/loss/categorical_cross_entropy.wgsl';
import sigmoidCrossEntropyWgsl from '../../shaders/loss/sigmoid_cross_entropy.wgsl';
import squaredErrorWgsl from '../../shaders/loss/squared_error.wgsl';
import { DIVISION, logError, TINY, U } from '../base/float32.ts';
import { nameOf, type Printable, type ShaderFile } from '../graph/op.ts';
import { sigmaError, sigmoid, softplusTailError } from './activation-table.ts';

export interface Loss extends Printable {
  readonly shader: ShaderFile;
  /** Name of c in the WGSL; ∂c/∂a is `${wgsl}_gradient`. */
  readonly wgsl: string;
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
  shader: squaredErrorWgsl,
  wgsl: 'squared_error',
  term: (a, y) => (a - y) ** 2,
  gradient: (a, y) => 2 * (a - y),
  rounding: (a, y) => 4 * U * (a - y) ** 2,
  gradientRounding: (a, y) => 2 * U * Math.abs(a - y),
};

export const binaryCrossEntropy: Loss = {
  name: 'binaryCrossEntropy',
  toString: nameOf,
  shader: binaryCrossEntropyWgsl,
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
  shader: categoricalCrossEntropyWgsl,
  wgsl: 'categorical_cross_entropy',
  term: (a, y) => -y * Math.log(Math.max(a, FLOOR)),
  gradient: (a, y) => -y / Math.max(a, FLOOR),
  rounding: (a, y) => Math.abs(y) * (logError(Math.max(a, FLOOR)) + U * Math.abs(Math.log(Math.max(a, FLOOR)))),
  gradientRounding: (a, y) => DIVISION * Math.abs(y / Math.max(a, FLOOR)),
};

export const sigmoidCrossEntropy: Loss = {
  name: 'sigmoidCrossEntropy',
  toString: nameOf,
  shader: sigmoidCrossEntropyWgsl,
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

/** All of them, for the tests of the ops. */
export const losses = { squaredError, binaryCrossEntropy, categoricalCrossEntropy, sigmoidCrossEntropy };

export type LossTerm = keyof typeof losses;
