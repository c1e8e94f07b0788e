/**
 * Operators on constants, computed when the graph is read: mostly the shapes that exporters compute of others. The size of the
 * batch, which is not known, goes through them as NaN.
 */
import { transpose } from '../../base/row-major.ts';
import { type Shape, sameShape, show, size } from '../../base/tensor.ts';
import { type Constant, constant, constantOf, isBatch, isWhole } from './constant.ts';
import { pointwise } from './pointwise.ts';
import { axisIn, type Site } from './site.ts';
import { Refusal } from './value.ts';

/** Numbers of a constant that is computed whole. */
const MOST = 4096;

type Fold = (site: Site, inputs: readonly Constant[]) => Constant;

/** Same numbers, other axes. */
const shaped = (of: Constant, dims: Shape, key: string): Constant => ({ ...of, dims: sizes(dims), key });

/** Throws Refusal for what are no sizes of axes. */
function sizes(dims: Shape): Shape {
  if (dims.every((n) => isBatch(n) || (Number.isSafeInteger(n) && n >= 0))) return dims;
  throw new Refusal(`a constant of the shape ${show(dims)}`);
}

const folds: Readonly<Record<string, Fold>> = {
  Cast(site, [x]) {
    const whole = isWhole(site.int('to', 0));
    if (whole === undefined) throw new Refusal(`to = ${site.int('to', 0)}`);
    const key = x.whole === whole ? x.key : keyOf(site, [x]);
    if (!whole || x.whole) return { ...x, whole, key };
    const uniform = x.uniform === undefined ? undefined : Math.trunc(x.uniform);
    return { ...x, whole, key, uniform, numbers: () => Float64Array.from(x.numbers(), Math.trunc) };
  },
  Concat(site, all) {
    axisIn(site.int('axis', 0), 1);
    if (all.some(({ dims }) => dims.length !== 1)) throw new Refusal('constants of several axes');
    const numbers = all.flatMap((one) => small(one));
    return constant(keyOf(site, all), [numbers.length], numbers, all[0].whole);
  },
  ConstantOfShape(site, [shape]) {
    const value = site.tensor('value');
    const of = value ? constantOf(value, '', {}, 'value') : constant('', [1], [0], false);
    return repeated(of.numbers()[0], small(shape), of.whole, keyOf(site, [shape]));
  },
  Expand(site, [x, shape]) {
    if (size(x.dims) !== 1 && !isUniform(small(x))) throw new Refusal('a constant of several numbers');
    return repeated(x.numbers()[0], small(shape), x.whole, keyOf(site, [x, shape]));
  },
  Gather(site, [x, index]) {
    if (axisIn(site.int('axis', 0), x.dims.length) !== 0 || x.dims.length !== 1) throw new Refusal('of several axes');
    const numbers = small(x);
    const found = small(index).map((i) => numbers[axisIn(i, numbers.length)]);
    return constant(keyOf(site, [x, index]), index.dims, found, x.whole);
  },
  Identity: (site, [x]) => ({ ...x, key: keyOf(site, []) }),
  Reshape(site, [x, shape]) {
    const given = small(shape);
    const known = given.reduce((product, n, i) => product * (n === -1 ? 1 : n === 0 ? x.dims[i] : n), 1);
    const dims = given.map((n, i) => (n === 0 ? x.dims[i] : n === -1 ? size(x.dims) / known : n));
    site.only('allowzero', 0);
    if (size(dims) !== size(x.dims)) throw new Refusal('another number of numbers');
    return shaped(x, dims, keyOf(site, [x]));
  },
  Slice(site, [x, ...more]) {
    const given = (name: string, i: number) => site.ints(name) ?? (more[i] && small(more[i]));
    const [starts = [], ends = []] = ['starts', 'ends'].map(given);
    const axes = (given('axes', 2) ?? starts.map((_, i) => i)).map((axis) => axisIn(axis, x.dims.length));
    const steps = given('steps', 3) ?? starts.map(() => 1);
    if ([ends, axes, steps].some(({ length }) => length !== starts.length) || new Set(axes).size < axes.length)
      throw new Refusal(`starts ${starts}, ends ${ends}, axes ${axes}, steps ${steps}`);
    const kept = new Map(axes.map((axis, i) => [axis, placesIn(x.dims[axis], starts[i], ends[i], steps[i])]));
    const dims = x.dims.map((n, axis) => kept.get(axis)?.length ?? n);
    if (x.uniform !== undefined) return repeated(x.uniform, dims, x.whole, keyOf(site, [x, ...more]));
    return constant(keyOf(site, [x, ...more]), dims, taken(small(x), x.dims, kept), x.whole);
  },
  Squeeze(site, [x, axes]) {
    const given = site.ints('axes') ?? (axes ? small(axes) : undefined);
    const dropped = given?.map((axis) => axisIn(axis, x.dims.length));
    const dims = x.dims.filter((n, i) => !(dropped ? dropped.includes(i) : n === 1));
    return shaped(x, dims, keyOf(site, [x]));
  },
  Transpose(site, [x]) {
    const order = site.ints('perm') ?? x.dims.map((_, i) => i).reverse();
    return { ...transposed(x, order), key: keyOf(site, [x]) };
  },
  Unsqueeze(site, [x, axes]) {
    const given = site.ints('axes') ?? small(axes);
    const dims = unsqueezed(x.dims, given);
    return shaped(x, dims, keyOf(site, [x]));
  },
};

/** Axes of 1 put in at these places. */
export function unsqueezed(dims: Shape, axes: readonly number[]): Shape {
  const rank = dims.length + axes.length;
  const places = new Set(axes.map((axis) => axisIn(axis, rank)));
  const rest = dims.values();
  return Array.from({ length: rank }, (_, i) => (places.has(i) ? 1 : (rest.next().value ?? 1)));
}

/** The places along an axis of n numbers that a slice has. */
function placesIn(n: number, start: number, end: number, step: number): number[] {
  if (isBatch(n)) throw new Refusal('the axis of the batch');
  if (!(n <= MOST) || !Number.isSafeInteger(step) || step === 0) throw new Refusal(`step ${step} of ${n} numbers`);
  const [least, most] = step > 0 ? [0, n] : [-1, n - 1];
  const [first, stop] = [start, end].map((at) => Math.min(Math.max(at < 0 ? at + n : at, least), most));
  return Array.from({ length: Math.max(0, Math.ceil((stop - first) / step)) }, (_, i) => first + i * step);
}

/** The numbers at some places of an axis, or at all of one without places. */
function taken(numbers: readonly number[], dims: Shape, places: ReadonlyMap<number, readonly number[]>): number[] {
  if (numbers.length === 0) return [];
  let starts = [0];
  dims.forEach((n, axis) => {
    const [at, stride] = [places.get(axis) ?? Array.from({ length: n }, (_, i) => i), size(dims.slice(axis + 1))];
    starts = starts.flatMap((start) => at.map((i) => start + i * stride));
  });
  return starts.map((at) => numbers[at]);
}

const isUniform = (numbers: readonly number[]): boolean => numbers.every((n) => n === numbers[0]);

/** What a constant that a node computes is known by. */
const keyOf = (site: Site, of: readonly Constant[]): string => `${site.node.op} ${site.node.outputs[0]} ${of.length}`;

/** The numbers of an input that a node has to have. */
function small(x: Constant | undefined): number[] {
  if (!x) throw new Refusal('an input is missing');
  if (!(size(x.dims) <= MOST)) throw new Refusal(`a constant of ${size(x.dims)} numbers, expected at most ${MOST}`);
  return Array.from(x.numbers());
}

/** A number as often as a shape says. Where that is not known, or large, its numbers are that one alone. */
function repeated(value: number, dims: Shape, whole: boolean, key: string): Constant {
  const count = size(dims) <= MOST ? size(dims) : 1;
  return { dims: sizes(dims), whole, key, uniform: value, numbers: () => new Array<number>(count).fill(value) };
}

/** A constant with its axes in another order. */
export function transposed(x: Constant, order: readonly number[]): Constant {
  const axes = order.map((axis) => axisIn(axis, x.dims.length));
  const dims = axes.map((axis) => x.dims[axis]);
  if (new Set(axes).size < x.dims.length || axes.length > x.dims.length) throw new Refusal(`perm ${order}`);
  return { dims, whole: x.whole, key: `${x.key} by ${axes}`, numbers: () => transpose(x.numbers(), x.dims, axes) };
}

/** Whether constants alone go into an operator that is computed here. */
export const isFolded = (op: string): boolean => Object.hasOwn(folds, op) || Object.hasOwn(pointwise, op);

/** What a node gives that has constants alone. */
export function fold(site: Site, inputs: readonly Constant[]): Constant {
  const { op } = site.node;
  if (Object.hasOwn(folds, op)) return folds[op](site, inputs);
  const f = pointwise[op]((name, usual) => site.float(name, usual));
  const large = inputs.find(({ dims }) => size(dims) !== 1) ?? inputs[0];
  if (inputs.some(({ dims }) => size(dims) !== 1 && !sameShape(dims, large.dims)))
    throw new Refusal('constants of different axes');
  const { whole } = inputs[0];
  const numbers = (): Float64Array => {
    const all = inputs.map((one) => one.numbers());
    return Float64Array.from({ length: size(large.dims) }, (_, i) => {
      const value = f(...all.map((numbers) => numbers[numbers.length === 1 ? 0 : i]));
      return whole ? Math.trunc(value) : value;
    });
  };
  if (!whole) return { dims: large.dims, whole, key: keyOf(site, inputs), numbers };
  if (inputs.some((one) => small(one).some(isBatch))) throw new Refusal('the size of the batch in arithmetic');
  return constant(keyOf(site, inputs), large.dims, numbers(), whole);
}
