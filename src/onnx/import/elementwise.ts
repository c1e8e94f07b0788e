/** Operators that work number by number: activations, as one node or many; sums and products of branches; biases and scales. */
import { type Shape, sameShape, show, size } from '../../base/tensor.ts';
import type { LayerActivation } from '../../nn/layers/layer.ts';
import { type Constant, isBatch } from './constant.ts';
import { roleOf, withConstant, writtenOut } from './norms.ts';
import { type Appending, layersOf, PLACES, pointwise } from './pointwise.ts';
import { type Site, showDims } from './site.ts';
import { type Data, dataOf, lazily, Refusal, type Source, type Step, sampleOf, Unknown } from './value.ts';
import { sourceOf, withBias } from './weighted.ts';

/** How many values back the nodes of one activation are looked for. */
const MOST_FORMS = 12;

export type Activations = Readonly<Record<string, LayerActivation>>;

/** A node that works number by number. Its layers are made when they are asked for: it may be a part of an activation. */
export function elementwise(site: Site, activations: Activations): Data {
  const known = site.inputs.flatMap((value) => (value ? [value] : []));
  if (known.some(({ kind }) => kind === 'unknown')) throw new Unknown();
  const done = writtenOut(site);
  if (done) return done;
  const role = roleOf(site);
  const all = known.flatMap((value) => (value.kind === 'data' ? [value] : []));
  const [first] = all;
  const isScalar = known.every(
    (value) => value.kind === 'data' || (value.kind === 'constant' && size(value.dims) === 1),
  );
  const isPlain = isScalar && all.every(({ dims }) => sameDims(dims, first.dims));
  if (!isPlain && role) {
    const refuse = (): Step => {
      throw new Refusal(`inputs ${all.map(({ dims }) => showDims(dims)).join(' and ')}, which no layer takes`);
    };
    return { ...lazily(first.dims, refuse), role };
  }
  if (!isPlain) return withOthers(site, all);
  const inWeights = absorbedScalar(site, all);
  if (inWeights) return dataOf(first.dims, inWeights);
  const forms = formsOf(site, all);
  const bases = [...forms].reverse();
  // Steps that are far back are made now, so that what is asked for at last does not have to go back through all of them.
  if (forms.size === MOST_FORMS) stepOf(bases[0][0]);
  const made = lazily(first.dims, () => {
    for (const [base, values] of bases) {
      const layers = layersOf(values);
      if (layers && stepOf(base)) return layers(appendingOf(site, activations), shapedAs(site, base));
    }
    return joined(site, all) ?? refuseFunction(site);
  });
  return { ...made, forms, role };
}

/** A number that has axes, as part of the weights of a layer with a single unit or channel. Those of an activation have none. */
function absorbedScalar(site: Site, all: readonly Data[]): Step | undefined {
  const [x] = all;
  const tensor = site.inputs.find((value) => value?.kind === 'constant');
  if (site.inputs.length !== 2 || all.length !== 1 || tensor?.kind !== 'constant') return undefined;
  if (x.forms || tensor.dims.length === 0) return undefined;
  const spread = spreadOf(tensor, x.dims);
  return spread && absorbed(site, x, spread);
}

/** The step of data, with its axes; where they differ in axes of 1 alone, the layers that follow are the same. */
function shapedAs(site: Site, x: Data): Step {
  const step = x.step();
  const shape = sampleOf(x.dims);
  const [a, b] = [step.shape, shape].map((one) => one.filter((n) => n !== 1));
  return sameShape(a, b) ? step : site.steps.shaped(step, shape);
}

/** The step of data; undefined where no layers compute it. */
function stepOf(x: Data): Step | undefined {
  try {
    return x.step();
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unknown) return undefined;
    throw error;
  }
}

function refuseFunction(site: Site): never {
  throw new Refusal(site.inputs.length > 1 ? 'no layer computes it of these inputs' : 'no layer computes it');
}

export const sameDims = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i] || (isBatch(n) && isBatch(b[i])));

/** What a node is of the values before it, as the values of a function at the places; the nearest first. */
function formsOf(site: Site, all: readonly Data[]): Map<Data, Float64Array> {
  const f = pointwise[site.node.op]((name, usual) => site.float(name, usual));
  const of = (data: Data): ReadonlyMap<Data, Float64Array> => new Map([[data, PLACES], ...(data.forms ?? [])]);
  const given = all.map(of);
  const forms = new Map<Data, Float64Array>();
  for (const base of given[0].keys()) {
    if (forms.size === MOST_FORMS) break;
    if (!given.every((one) => one.has(base))) continue;
    const data = given.map((one) => one.get(base)!).values();
    const inputs = site.inputs.map((value) => {
      if (value?.kind === 'constant') return new Float64Array(PLACES.length).fill(value.numbers()[0]);
      return value && (data.next().value as Float64Array);
    });
    forms.set(
      base,
      PLACES.map((_, i) => f(...inputs.map((values) => values?.[i] as number))),
    );
  }
  return forms;
}

function appendingOf(site: Site, activations: Activations): Appending {
  const { steps } = site;
  return {
    activation: (name, of) => steps.activation(activations[name], of),
    scaled: (step, factor, shift) => steps.scaled(step, factor, shift),
    add: (a, b) => steps.append({ layer: 'add' }, [a, b]),
  };
}

/** The sum or the product of data. */
function joined(site: Site, all: readonly Data[]): Step | undefined {
  const { op } = site.node;
  if (all.length < 2 || all.length < site.inputs.length || !['Add', 'Sum', 'Mul'].includes(op)) return undefined;
  const steps = all.map((one) => site.steps.shaped(one.step(), sampleOf(all[0].dims)));
  return site.steps.append({ layer: op === 'Mul' ? 'multiply' : 'add' }, steps);
}

/** Data with constants that are more than a number, or with data of other axes. */
function withOthers(site: Site, all: readonly Data[]): Data {
  const { op } = site.node;
  if (all.length === 1 && site.inputs.length === 2) return withTensor(site, all[0]);
  const [a, b] = all;
  if (all.length !== 2 || op !== 'Mul')
    throw new Refusal(`inputs ${all.map(({ dims }) => showDims(dims)).join(' and ')}`);
  // Numbers for each channel, in either place.
  const [large, small] = size(sampleOf(a.dims)) >= size(sampleOf(b.dims)) ? [a, b] : [b, a];
  const shape = sampleOf(large.dims);
  const isPerChannel = sameDims(small.dims, [large.dims[0], shape[0], ...shape.slice(1).map(() => 1)]);
  if (!isPerChannel || !isBatch(large.dims[0])) throw new Refusal(`inputs ${showDims(a.dims)} and ${showDims(b.dims)}`);
  const step = site.steps.append({ layer: 'multiply' }, [
    site.steps.shaped(large.step(), shape),
    site.steps.shaped(small.step(), [shape[0]]),
  ]);
  return { kind: 'data', dims: large.dims, step: () => step };
}

/** A tensor beside data, and the axes of a sample along which it has numbers of their own. */
interface Spread {
  readonly tensor: Constant;
  readonly wide: readonly number[];
  /** Numbers of a sample that one of the tensor is for, before the next one. */
  readonly stride: number;
}

/** Undefined where it does not go with data of these axes, number by number. */
function spreadOf(tensor: Constant, dims: Shape): Spread | undefined {
  const lined = [...new Array<number>(Math.max(0, dims.length - tensor.dims.length)).fill(1), ...tensor.dims];
  if (lined.length > dims.length || !lined.every((n, i) => n === 1 || n === dims[i])) return undefined;
  const spans = lined.filter((_, i) => !isBatch(dims[i]));
  const wide = spans.flatMap((n, axis) => (n === 1 ? [] : [axis]));
  const shape = sampleOf(dims);
  // A tensor of one number is taken for one of channels.
  const last = wide.length === 0 ? shape.findIndex((n) => n !== 1) - 1 : wide[wide.length - 1];
  return { tensor, wide, stride: size(shape.slice(last + 1)) };
}

/** Data with a constant for each channel or number: a bias, a weight of a normalisation, or a mean and a deviation. */
function withTensor(site: Site, x: Data): Data {
  const { op } = site.node;
  const isSecond = site.value(0) === x;
  const tensor = (isSecond ? site.value(1) : site.value(0)) as Constant;
  const { dims } = x;
  const spread = spreadOf(tensor, dims);
  const isCommutative = op === 'Add' || op === 'Mul';
  const isSuited = spread && (isSecond || isCommutative) && ['Add', 'Sub', 'Mul', 'Div'].includes(op);
  const step = isSuited && (absorbed(site, x, spread) ?? standardized(site, x, spread));
  if (!step) throw new Refusal(`a constant ${show(tensor.dims)} and data ${showDims(dims)}`);
  return { kind: 'data', dims, step: () => step };
}

/** The constant as part of the weights of the layer before; undefined where that takes none. */
function absorbed(site: Site, x: Data, { tensor, wide, stride }: Spread): Step | undefined {
  const { op } = site.node;
  const step = x.step();
  const bias = op === 'Add' && wide.length <= 1;
  const biased = bias ? withBias(site, step, sourceOf(tensor, [size(tensor.dims)]), stride) : undefined;
  if (biased) return biased;
  return op === 'Add' || op === 'Mul' ? withConstant(site, step, x.dims, tensor) : undefined;
}

/** The constant as numbers that training does not change; undefined for factors below 0. */
function standardized(site: Site, x: Data, { tensor, wide }: Spread): Step | undefined {
  const { op } = site.node;
  const source = sourceOf(tensor, [size(tensor.dims)]);
  const shape = sampleOf(x.dims);
  const isPerChannel = wide.length === 1 && wide[0] === 0;
  const isWhole = sameShape(
    wide.map((axis) => shape[axis]),
    shape.filter((n) => n !== 1),
  );
  if (!isPerChannel && !isWhole) return undefined;
  const isFactor = op === 'Mul' || op === 'Div';
  if (isFactor && !Array.from(source.numbers()).every((value) => value > 0 || (value === 0 && op === 'Mul')))
    return undefined;
  const of = (name: string, f: (value: number) => number): Source => ({
    ...{ key: `${name} ${source.key}`, shape: source.shape },
    numbers: () => Float64Array.from(source.numbers(), f),
  });
  const step = site.steps.shaped(x.step(), shape);
  if (op === 'Sub')
    return site.steps.standardized(
      step,
      source,
      of('one', () => 1),
    );
  if (op === 'Add')
    return site.steps.standardized(
      step,
      of('minus', (value) => -value),
      of('one', () => 1),
    );
  const deviation = op === 'Div' ? source : of('inverse of', (value) => (value === 0 ? 0 : 1 / value));
  return site.steps.standardized(
    step,
    of('zero', () => 0),
    deviation,
  );
}
