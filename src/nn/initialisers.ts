/** Weight initialisers: plain data, drawn on the CPU from a counter-based stream, so a seed gives the same bits anywhere. */
import { checkNumber } from '../base/arguments.ts';
import { normals, streams, uniforms } from '../base/random.ts';
import { type Shape, size } from '../base/tensor.ts';

/** How the initial values of a tensor are drawn, as plain data. The same seed gives the same bits on every device. */
export interface Initialiser {
  /** Distribution of the values. */
  readonly kind: 'normal' | 'uniform' | 'zeros' | 'ones';
  /**
   * Standard deviation (normal), half width of the interval (uniform) or the value itself (zeros and ones), for a weight with
   * so many inputs and outputs. A convolution has channels · height · width of either.
   */
  readonly scale: (inputs: number, outputs: number) => number;
}

/**
 * Uniform within ± √(6 / (inputs + outputs)) (Glorot & Bengio 2010), for sigmoid, tanh, softmax and linear; PyTorch's
 * `xavier_uniform_`.
 */
export const xavier = (): Initialiser => ({
  kind: 'uniform',
  scale: (inputs, outputs) => Math.sqrt(6 / (inputs + outputs)),
});

/** Normal with mean 0 and variance 2 / inputs (He et al. 2015), for ReLU and similar; PyTorch's `kaiming_normal_`. */
export const he = (): Initialiser => ofVariance(2);

/** Normal with mean 0 and variance 1 / inputs (LeCun et al. 1998), for SELU; Keras' `lecun_normal`. */
export const lecun = (): Initialiser => ofVariance(1);

/** Normal with mean 0 and variance v / inputs. */
export const ofVariance = (v: number): Initialiser => ({ kind: 'normal', scale: (inputs) => Math.sqrt(v / inputs) });

/** The widest scales with which no weight is infinite. */
const WIDEST = { normal: 1e37, uniform: 1e38 };

/**
 * Normal with mean 0.
 *
 * @param deviation Standard deviation, from 0 to 1e37. Default: 1.
 * @throws {ArgumentError} For a deviation outside that range.
 */
export const normal = (deviation = 1): Initialiser => ({
  kind: 'normal',
  scale: fixed('normal: deviation', deviation, WIDEST.normal),
});

/**
 * Uniform within ± `limit`.
 *
 * @param limit Half width of the interval, from 0 to 1e38. Default: 0.05.
 * @throws {ArgumentError} For a limit outside that range.
 */
export const uniform = (limit = 0.05): Initialiser => ({
  kind: 'uniform',
  scale: fixed('uniform: limit', limit, WIDEST.uniform),
});

/** All zeros, the default for biases. */
export const zeros = (): Initialiser => ({ kind: 'zeros', scale: () => 0 });
/** All ones. */
export const ones = (): Initialiser => ({ kind: 'ones', scale: () => 1 });

/** An initialiser that leaves out one row of a tensor, whose values are 0. */
interface RowLeft extends Initialiser {
  readonly zeroRow: number;
}
export const withZeroRow = (init: Initialiser, zeroRow: number): RowLeft => ({ ...init, zeroRow });

function fixed(name: string, value: number, most: number): () => number {
  checkNumber(name, value, `a finite number from 0 to ${most}`, (number) => number >= 0 && number <= most);
  return () => value;
}

/**
 * The scale for a parameter of shape [outputs, inputs, ...field]. A unit of a convolution has inputs · field connections in, and
 * passes a value on to outputs · field places. Throws ArgumentError for a scale that is no finite number, or with which a weight
 * could be infinite.
 */
export function scaleFor({ kind, scale }: Initialiser, shape: Shape): number {
  const [outputs, inputs = 1, ...field] = shape;
  const s = scale(inputs * size(field), outputs * size(field));
  const widest = kind === 'normal' || kind === 'uniform' ? WIDEST[kind] : Number.POSITIVE_INFINITY;
  const expected = widest < Number.POSITIVE_INFINITY ? `a finite number within ±${widest}` : 'a finite number';
  const name = `init: scale(${inputs * size(field)}, ${outputs * size(field)})`;
  checkNumber(name, s, expected, (number) => Math.abs(number) <= widest);
  return s;
}

/**
 * The values of a parameter: those given, or drawn from a stream of random numbers of its own, by its number `index`. Throws
 * ArgumentError as `scaleFor` does.
 */
export function initialise(init: Initialiser | Float32Array, shape: Shape, seed: number, index: number): Float32Array {
  if (!('kind' in init)) return init;
  const { kind } = init;
  const [outputs] = shape;
  const s = scaleFor(init, shape);
  const out = new Float32Array(size(shape));
  if (kind === 'zeros' || kind === 'ones') return withoutRow(out.fill(s), init, outputs);
  for (let first = 0; first < out.length; first += PART) {
    const count = Math.min(PART, out.length - first);
    const drawn = (kind === 'normal' ? normals : uniforms)(count, seed, streams.init, index, first);
    if (kind === 'normal') for (let i = 0; i < count; i++) out[first + i] = s * drawn[i];
    else for (let i = 0; i < count; i++) out[first + i] = s * (2 * drawn[i] - 1);
  }
  return withoutRow(out, init, outputs);
}

/** The values with the row at 0 that the initialiser leaves out. */
function withoutRow(values: Float32Array, init: Initialiser | RowLeft, rows: number): Float32Array {
  if (!('zeroRow' in init)) return values;
  const width = values.length / rows;
  return values.fill(0, init.zeroRow * width, (init.zeroRow + 1) * width);
}

/** Values that are drawn at a time: so many doubles stay in the cache of a processor. */
const PART = 2 ** 14;
