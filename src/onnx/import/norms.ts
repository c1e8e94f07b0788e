/** Normalisations, as operators and as exporters of older versions write them out. */
import { type Shape, sameShape, show, size } from '../../base/tensor.ts';
import { type Constant, isBatch } from './constant.ts';
import { decimal } from './pointwise.ts';
import { type Site, sampleAxis } from './site.ts';
import { filled, isReshape } from './steps.ts';
import { type Data, dataOf, lazily, Refusal, type Role, type Source, type Step, sampleOf } from './value.ts';
import { sourceOf } from './weighted.ts';

export function batchNormalization(site: Site): Data {
  const epsilon = decimal(site.float('epsilon', 1e-5));
  const momentum = decimal(1 - site.float('momentum', 0.9));
  // In training mode it also gives the running statistics, which training moves here too.
  site.only('training_mode', 0, 1);
  site.onlyFirst('the running statistics');
  site.only('spatial', 1);
  site.only('is_test', 1, 0);
  const x = site.data(0);
  const shape = sampleOf(x.dims);
  const names = ['weight', 'bias', 'running_mean', 'running_var'];
  const tensors = Object.fromEntries(names.map((name, i) => [name, sourceOf(site.weights(i + 1, [shape[0]], name))]));
  if (!isBatch(x.dims[0])) throw new Refusal('an axis before that of the batch');
  const step = site.steps.append(
    { layer: 'batchNorm', epsilon, momentum },
    [site.steps.shaped(x.step(), shape)],
    tensors,
  );
  return dataOf(x.dims, step);
}

export function layerNormalization(site: Site): Data {
  const epsilon = decimal(site.float('epsilon', 1e-5));
  const axis = site.int('axis', -1);
  site.only('stash_type', 1, 0);
  const x = site.data(0);
  const shape = sampleOf(x.dims);
  if (sampleAxis(x.dims, axis) !== 0 || !isBatch(x.dims[0]))
    throw new Refusal(
      `axis = ${axis} of samples ${show(shape)}, expected all numbers of a sample: no layer normalizes each token by itself`,
    );
  const scale = site.demandConstant(1, 'scale');
  const bias = site.constant(2, 'bias');
  return layerNorm(site, x, epsilon, sourceOf(scale, shape), bias && sourceOf(bias, shape));
}

function layerNorm(site: Site, x: Data, epsilon: number, weight?: Source, bias?: Source): Data {
  const shape = sampleOf(x.dims);
  const tensors = { weight: weight ?? filled(1, shape), bias: bias ?? filled(0, shape) };
  const step = site.steps.append({ layer: 'layerNorm', epsilon }, [site.steps.shaped(x.step(), shape)], tensors);
  return dataOf(x.dims, step);
}

/** Each channel of a sample by itself; of a sample whose groups have become its channels, the groups. */
export function instanceNormalization(site: Site): Data {
  const x = site.data(0);
  const [groups] = sampleOf(x.dims);
  const tensors = { weight: sourceOf(site.weights(1, [groups])), bias: sourceOf(site.weights(2, [groups])) };
  return groupNorm(site, x, groups, tensors);
}

function groupNorm(site: Site, x: Data, groups: number, tensors: Record<string, Source>): Data {
  const epsilon = decimal(site.float('epsilon', 1e-5));
  const shape = sampleOf(x.dims);
  if (!isBatch(x.dims[0]) || shape.length === 0) throw new Refusal('an axis before that of the batch');
  const step = site.steps.append(
    { layer: 'groupNorm', groups, epsilon },
    [site.steps.shaped(x.step(), shape)],
    tensors,
  );
  return dataOf(x.dims, step);
}

export function groupNormalization(site: Site): Data {
  const groups = site.int('num_groups', 1);
  site.only('stash_type', 1, 0);
  const x = site.data(0);
  const [channels] = sampleOf(x.dims);
  // Up to opset 20 the weights are of groups, and since then of channels.
  const count = site.opset < 21 ? groups : channels;
  const tensors = Object.fromEntries(
    ['weight', 'bias'].map((name, i) => [name, each(sourceOf(site.weights(i + 1, [count], name)), channels / count)]),
  );
  return groupNorm(site, x, groups, tensors);
}

/** Every number of a tensor so many times. */
function each(of: Source, times: number): Source {
  if (times === 1) return of;
  const count = size(of.shape) * times;
  return {
    ...{ key: `${of.key} each ${times}`, shape: [count] },
    numbers: () => {
      const numbers = of.numbers();
      return Float32Array.from({ length: count }, (_, i) => numbers[Math.floor(i / times)]);
    },
  };
}

/** x as an image of one channel for each number that is kept, and its mean or largest value. */
export function reduced(site: Site, pool: 'average' | 'max'): Data {
  const axes = site.integers(1, 'axes');
  const keeps = site.int('keepdims', 1) !== 0;
  site.only('noop_with_empty_axes', 0);
  const x = site.data(0);
  const { dims } = x;
  if (!axes || axes.length === 0) throw new Refusal('axes are missing: it reduces the batch too');
  const places = new Set(axes.map((axis) => sampleAxis(dims, axis)));
  const shape = sampleOf(dims);
  const batch = dims.findIndex(isBatch);
  const gone = new Set([...places].map((axis) => (axis < batch ? axis : axis + 1)));
  const out = dims.flatMap((n, i) => (gone.has(i) ? (keeps ? [1] : []) : [n]));
  const kept = shape.map((_, i) => i).filter((axis) => !places.has(axis));
  const make = (): Step => {
    const order = [...kept, ...places];
    const moved = site.steps.permuted(site.steps.shaped(x.step(), shape), order);
    const channels = size(kept.map((axis) => shape[axis]));
    const rest = order.slice(kept.length).map((axis) => shape[axis]);
    const image = [channels, size(rest.slice(0, -1)), rest[rest.length - 1]];
    return site.steps.append({ layer: 'globalPool2d', pool }, [site.steps.shaped(moved, image)]);
  };
  // The mean of a whole sample is mostly part of a normalisation.
  if (kept.length > 0 || pool === 'max' || !keeps) return dataOf(out, make());
  const { role } = x;
  if (role && role.part !== 'square') return dataOf(out, make());
  const found: Role = role?.part === 'square' ? { ...role, part: 'variance' } : { part: 'mean', of: x };
  return { ...lazily(out, make), role: found };
}

/** The next part of a normalisation that is written out, (x − mean) / √(mean of (x − mean)² + ε); undefined for any other node. */
export function roleOf(site: Site): Role | undefined {
  const { op } = site.node;
  const [a, b] = [site.value(0), site.value(1)];
  if (a?.kind !== 'data') return undefined;
  const { part, of, epsilon } = a.role ?? {};
  if (op === 'Sqrt' && part === 'bounded variance') return { part: 'deviation', of: of!, epsilon };
  const number = b?.kind === 'constant' && size(b.dims) === 1 ? b.numbers()[0] : undefined;
  if (op === 'Sub' && b?.kind === 'data' && b.role?.part === 'mean' && b.role.of === a)
    return { part: 'centred', of: a };
  const isSquare = (op === 'Pow' && number === 2) || (op === 'Mul' && a === b);
  if (part === 'centred' && isSquare) return { part: 'square', of: of! };
  if (op === 'Add' && part === 'variance' && number !== undefined)
    return { part: 'bounded variance', of: of!, epsilon: number };
  return undefined;
}

/** The last part, the quotient; undefined for any other node. */
export function writtenOut(site: Site): Data | undefined {
  const [a, b] = [site.value(0), site.value(1)];
  if (site.node.op !== 'Div' || a?.kind !== 'data' || b?.kind !== 'data') return undefined;
  if (a.role?.part !== 'centred' || b.role?.part !== 'deviation' || a.role.of !== b.role.of) return undefined;
  return layerNorm(site, a.role.of, decimal(b.role.epsilon!));
}

/** A normalisation times a constant, or plus one, which becomes part of its weights; undefined for another step. */
export function withConstant(site: Site, step: Step, dims: Shape, x: Constant): Step | undefined {
  const inner = isReshape(step) ? step.of[0] : step;
  const { layer, tensors } = inner;
  if (layer?.layer !== 'groupNorm' && layer?.layer !== 'layerNorm') return undefined;
  const shape = sampleOf(dims);
  const isWhole = layer.layer === 'layerNorm';
  const count = isWhole ? size(shape) : shape[0];
  const given = x.dims.filter((n) => n !== 1);
  if (
    size(x.dims) !== count ||
    !sameShape(
      given,
      (isWhole ? shape : [count]).filter((n) => n !== 1),
    )
  )
    return undefined;
  if (!isWhole && shape[0] % layer.groups !== 0) return undefined;
  const weightShape = isWhole ? shape : [count];
  const wide = (of: Source): Source => (isWhole ? of : each(of, count / size(of.shape)));
  const constant = sourceOf(x, weightShape);
  const isProduct = site.node.op === 'Mul';
  const combined = (of: Source): Source => ({
    ...{ key: site.steps.keyOf(site.node.op, of.key, constant.key), shape: weightShape },
    numbers: () => {
      const [a, b] = [wide(of).numbers(), constant.numbers()];
      return Float32Array.from(a, (value, i) => (isProduct ? value * b[i] : value + b[i]));
    },
  });
  const weight = isProduct ? combined(tensors.weight) : { ...wide(tensors.weight), shape: weightShape };
  return site.steps.append({ ...layer }, [site.steps.shaped(inner.of[0], shape)], {
    weight,
    bias: combined(tensors.bias),
  });
}
