/**
 * Functions that work number by number. Exporters write one activation as many nodes, in whatever order: so it is recognised by its
 * values. Each node computes its function at some places, and what comes out of several of them is compared with the activations of
 * the library.
 */
import type { ActivationName } from '../../ops/activation-table.ts';
import * as rows from '../../ops/activation-table.ts';
import { distribution } from '../../ops/exact-gelu.ts';
import type { Step } from './value.ts';

/** Where functions are compared: near 0, where most bend, and far from it. */
export const PLACES = Float64Array.from([
  ...Array.from({ length: 120 }, (_, i) => (i - 59.5) / 7.3),
  ...[-3.01, -2.99, -0.01, 0.01, 2.99, 3.01, 5.99, 6.01],
  ...[-40, -20, -12, 12, 20, 40],
]);

/** The constants of a file are 32-bit floats. */
const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * (1 + Math.abs(b));

type Attribute = (name: string, usual: number) => number;
/** An input that is left out is undefined. */
type Scalar = (...x: number[]) => number;

const sigmoid = rows.sigmoid.f;
const softplus = rows.softplus.f;
const clip = (x: number, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): number =>
  Math.min(Math.max(x, least), most);

/** The operators that work number by number, with their attributes. */
export const pointwise: Readonly<Record<string, (attribute: Attribute) => Scalar>> = {
  Abs: () => Math.abs,
  Add: () => (a, b) => a + b,
  Celu: (of) => {
    const alpha = of('alpha', 1);
    return (x) => Math.max(x, 0) + Math.min(0, alpha * Math.expm1(x / alpha));
  },
  Clip: (of) => {
    const [least, most] = [of('min', Number.NEGATIVE_INFINITY), of('max', Number.POSITIVE_INFINITY)];
    return (x, low = least, high = most) => clip(x, low, high);
  },
  Div: () => (a, b) => a / b,
  Elu: (of) => {
    const alpha = of('alpha', 1);
    return (x) => (x > 0 ? x : alpha * Math.expm1(x));
  },
  Erf: () => (x) => 2 * distribution(x * Math.SQRT2) - 1,
  Exp: () => Math.exp,
  HardSigmoid: (of) => {
    const [alpha, beta] = [of('alpha', 0.2), of('beta', 0.5)];
    return (x) => clip(alpha * x + beta, 0, 1);
  },
  HardSwish: () => (x) => x * clip(x / 6 + 0.5, 0, 1),
  LeakyRelu: (of) => {
    const alpha = of('alpha', 0.01);
    return (x) => (x > 0 ? x : alpha * x);
  },
  Log: () => Math.log,
  Max: () => Math.max,
  Min: () => Math.min,
  Mish: () => (x) => x * Math.tanh(softplus(x)),
  Mul: () => (a, b) => a * b,
  Neg: () => (x) => -x,
  Pow: () => (a, b) => a ** b,
  Reciprocal: () => (x) => 1 / x,
  Relu: () => (x) => Math.max(x, 0),
  Selu: (of) => {
    const [alpha, gamma] = [of('alpha', 1.6732631921768188), of('gamma', 1.0507010221481323)];
    return (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x));
  },
  Sigmoid: () => sigmoid,
  Softplus: () => softplus,
  Softsign: () => (x) => x / (1 + Math.abs(x)),
  Sqrt: () => Math.sqrt,
  Sub: () => (a, b) => a - b,
  Sum:
    () =>
    (...all) =>
      all.reduce((sum, x) => sum + x, 0),
  Swish: (of) => {
    const alpha = of('alpha', 1);
    return (x) => x * sigmoid(alpha * x);
  },
  Tanh: () => Math.tanh,
  ThresholdedRelu: (of) => {
    const alpha = of('alpha', 1);
    return (x) => (x > alpha ? x : 0);
  },
};

const activations: Readonly<Record<ActivationName, (z: number) => number>> = Object.fromEntries(
  Object.entries(rows.activations).map(([name, { f }]) => [name, f]),
) as Record<ActivationName, (z: number) => number>;

/** The layers that a function is, applied to a step. */
export interface Appending {
  activation(name: ActivationName, of: Step): Step;
  /** factor · x + shift, for a factor > 0. */
  scaled(step: Step, factor: number, shift?: number): Step;
  add(a: Step, b: Step): Step;
}

type Layers = (append: Appending, step: Step) => Step;

/** The layers of a function, by its values at the places; undefined where none of the library compute it. */
export function layersOf(values: Float64Array): Layers | undefined {
  const is = (f: (z: number) => number): boolean => values.every((value, i) => isClose(value, f(PLACES[i])));
  const at = (z: number): number => values[PLACES.indexOf(z)];
  for (const name of Object.keys(activations) as ActivationName[]) {
    if (is(activations[name]))
      return name === 'linear' ? (_append, step) => step : (append, step) => append.activation(name, step);
  }
  return line(values, is) ?? ramp(values, is) ?? leaky(at, is);
}

type Is = (f: (z: number) => number) => boolean;

/** factor · z + shift */
function line(values: Float64Array, is: Is): Layers | undefined {
  const { factor, shift } = lineThrough(values, 0);
  if (!(factor > 0) || !is((z) => factor * z + shift)) return undefined;
  return (append, step) => append.scaled(step, factor, shift);
}

/** The line through two neighbouring places. */
function lineThrough(values: Float64Array, i: number) {
  const factor = (values[i + 1] - values[i]) / (PLACES[i + 1] - PLACES[i]);
  return { factor, shift: values[i] - factor * PLACES[i] };
}

/** factor · z + shift within bounds: ReLU6 between two lines. */
function ramp(values: Float64Array, is: Is): Layers | undefined {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isBetween = (i: number): boolean => values[i] > low && values[i] < high;
  const first = values.subarray(0, 119).findIndex((_, i) => isBetween(i) && isBetween(i + 1));
  if (first < 0) return undefined;
  const { factor, shift } = lineThrough(values, first);
  const height = high - low;
  if (!(factor > 0) || !is((z) => clip(factor * z + shift, low, high))) return undefined;
  return (append, step) => {
    const before = append.scaled(step, (6 * factor) / height, (6 * (shift - low)) / height);
    return append.scaled(append.activation('relu6', before), height / 6, low);
  };
}

/** z for z > 0, else α z or α (eᶻ − 1), with 0 < α < 1: (1 − α) relu(z) + α f(z). */
function leaky(at: (z: number) => number, is: Is): Layers | undefined {
  for (const name of ['linear', 'elu'] as const) {
    const f = activations[name];
    const alpha = at(-20) / f(-20);
    if (!(alpha > 0 && alpha < 1) || !is((z) => (z > 0 ? z : alpha * f(z)))) continue;
    return (append, step) => {
      const above = append.scaled(append.activation('relu', step), 1 - decimal(alpha));
      const whole = name === 'linear' ? step : append.activation(name, step);
      return append.add(above, append.scaled(whole, decimal(alpha)));
    };
  }
  return undefined;
}

/** The short number that a 32-bit float, or what comes of a few of them, stands for. */
export const decimal = (value: number): number => Number(value.toPrecision(7));
