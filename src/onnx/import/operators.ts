/** Each operator of ONNX as layers, or as another view of what comes in. */
import { type Shape, show, size } from '../../base/tensor.ts';
import { softmax as softmaxActivation } from '../../nn/layers/activation.ts';
import type { Layer } from '../../nn/layers/index.ts';
import { BATCH, constant, isBatch, isWhole } from './constant.ts';
import { unsqueezed } from './fold.ts';
import { batchNormalization, groupNormalization, instanceNormalization, layerNormalization, reduced } from './norms.ts';
import { decimal } from './pointwise.ts';
import { lastState, recurrent } from './recurrent.ts';
import { axisIn, type Site, sampleAxis, showDims } from './site.ts';
import { type Data, dataOf, Refusal, sampleOf, type Value } from './value.ts';
import {
  conv,
  convTranspose,
  gemm,
  imageOf,
  matMul,
  pad,
  paddingOf,
  type Sides,
  sidesOf,
  sourceOf,
  wider,
  withoutPads,
} from './weighted.ts';

interface Operator {
  /** The layers that it may become, besides those that any graph may have. */
  readonly layers: readonly Layer['layer'][];
  /** The outputs of a node, in their order. */
  convert(site: Site): Value | readonly (Value | undefined)[];
}

const operator = (convert: Operator['convert'], ...layers: Operator['layers']): Operator => ({ layers, convert });

/** The same numbers in their order, with other axes. */
const viewed = (x: Data, dims: Shape): Data => ({ kind: 'data', step: x.step, dims });

export const operators: Readonly<Record<string, Operator>> = {
  AveragePool: operator((site) => pooled(site, 'average'), 'pool1d', 'pool2d'),
  BatchNormalization: operator(batchNormalization, 'batchNorm'),
  Cast: operator((site) => {
    if (isWhole(site.int('to', 0)) === undefined) throw new Refusal(`to = ${site.int('to', 0)}`);
    return site.data(0);
  }),
  Concat: operator(concatenated, 'concat'),
  Conv: operator(conv, 'conv1d', 'conv2d'),
  ConvTranspose: operator(convTranspose, 'conv2dTranspose'),
  Dropout: operator((site) => {
    site.int('seed', 0);
    const rate = site.has('ratio') ? site.float('ratio', 0.5) : (site.constant(1, 'ratio')?.numbers()[0] ?? 0.5);
    site.constant(2, 'training_mode');
    site.onlyFirst('the mask');
    const x = site.data(0);
    return dataOf(x.dims, site.steps.append({ layer: 'dropout', rate: decimal(rate) }, [x.step()]));
  }, 'dropout'),
  Flatten: operator((site) => {
    const axis = site.int('axis', 1);
    const x = site.data(0);
    if (axisIn(axis, x.dims.length) !== 1 || !isBatch(x.dims[0])) throw new Refusal(`axis = ${axis}, expected 1`);
    return viewed(x, [x.dims[0], size(sampleOf(x.dims))]);
  }),
  Gather: operator(gathered, 'embedding'),
  GlobalAveragePool: operator((site) => globalPool(site, 'average'), 'globalPool2d'),
  GlobalMaxPool: operator((site) => globalPool(site, 'max'), 'globalPool2d'),
  GroupNormalization: operator(groupNormalization, 'groupNorm'),
  GRU: operator(recurrent, 'gru'),
  Identity: operator((site) => site.data(0)),
  InstanceNormalization: operator(instanceNormalization, 'groupNorm'),
  LayerNormalization: operator(layerNormalization, 'layerNorm'),
  LogSoftmax: operator((site) => {
    if (!site.isLast) throw new Refusal('only the last operator may be it');
    return softmax(site);
  }),
  LSTM: operator(recurrent, 'lstm'),
  MatMul: operator(matMul, 'conv1d'),
  MaxPool: operator((site) => pooled(site, 'max'), 'pool1d', 'pool2d'),
  Gemm: operator(gemm),
  Pad: operator(pad),
  PRelu: operator((site) => {
    const slope = site.demandConstant(1, 'slope');
    const x = site.data(0);
    const shape = sampleOf(x.dims);
    const count = size(slope.dims);
    const given = slope.dims.filter((n) => n !== 1);
    const place = slope.dims.findIndex((n) => n !== 1) + x.dims.length - slope.dims.length;
    const isPerChannel = count === shape[0] && (count === 1 || (given.length === 1 && place === 1));
    if (!isBatch(x.dims[0]) || !(count === 1 || isPerChannel))
      throw new Refusal(`slope is ${show(slope.dims)} for data ${showDims(x.dims)}`);
    const one = sourceOf(slope, [count]);
    const weight =
      count === shape[0]
        ? one
        : { ...one, shape: [shape[0]], numbers: () => new Float32Array(shape[0]).fill(one.numbers()[0]) };
    return dataOf(x.dims, site.steps.append({ layer: 'prelu' }, [site.steps.shaped(x.step(), shape)], { weight }));
  }, 'prelu'),
  ReduceMax: operator((site) => reduced(site, 'max'), 'globalPool2d'),
  ReduceMean: operator((site) => reduced(site, 'average'), 'globalPool2d', 'layerNorm'),
  Reshape: operator(reshaped),
  Resize: operator(resized, 'upsample2d'),
  Shape: operator((site) => {
    const { dims } = site.data(0);
    const [start, end] = [site.int('start', 0), site.int('end', dims.length)];
    const found = dims.slice(start, end);
    return { kind: 'constant', ...constant(`shape of ${site.node.outputs[0]}`, [found.length], found) };
  }),
  Softmax: operator(softmax),
  Squeeze: operator((site) => {
    const axes = site.integers(1, 'axes');
    const { dims } = site.data(0);
    const dropped = axes?.map((axis) => axisIn(axis, dims.length));
    const odd = dropped?.find((axis) => dims[axis] !== 1);
    if (odd !== undefined) throw new Refusal(`axis ${odd} of ${showDims(dims)}`);
    return viewed(
      site.data(0),
      dims.filter((n, i) => !(dropped ? dropped.includes(i) : n === 1)),
    );
  }),
  Transpose: operator((site) => {
    const x = site.data(0);
    const { dims } = x;
    const perm = site.ints('perm') ?? dims.map((_, i) => i).reverse();
    if (!dims.every((_, i) => perm.includes(i)) || perm.length !== dims.length) throw new Refusal(`perm = ${perm}`);
    const batch = dims.findIndex(isBatch);
    const axes = perm.filter((axis) => axis !== batch).map((axis) => (axis < batch ? axis : axis - 1));
    const step = site.steps.permuted(site.steps.shaped(x.step(), sampleOf(dims)), axes);
    return dataOf(
      perm.map((axis) => dims[axis]),
      step,
    );
  }),
  Unsqueeze: operator((site) => {
    const axes = site.integers(1, 'axes') ?? [];
    const x = site.data(0);
    return viewed(x, unsqueezed(x.dims, axes));
  }),
};

/** Layers that any graph may have, for axes in another order, scales and branches. */
export const commonLayers: readonly Layer['layer'][] = [
  ...(['activation', 'add', 'dense', 'flatten', 'multiply', 'permute', 'reshape', 'standardize'] as const),
];

function softmax(site: Site): Data {
  const x = site.data(0);
  const axis = site.int('axis', site.opset < 13 ? 1 : -1);
  const { dims } = x;
  const shape = sampleOf(dims);
  const place = sampleAxis(dims, axis);
  // Up to opset 12, all axes from this one on are one.
  const rest = shape.slice(place);
  if (site.opset < 13 && rest.filter((n) => n !== 1).length > 1)
    throw new Refusal(`axis = ${axis} of ${showDims(dims)}, which are ${size(rest)} numbers at once`);
  const step = site.steps.along(site.steps.shaped(x.step(), shape), place, (moved) =>
    site.steps.activation(softmaxActivation, moved),
  );
  return dataOf(dims, step);
}

function concatenated(site: Site): Data {
  const axis = site.int('axis', 1);
  const all = site.inputs.map((_, i) => site.data(i));
  const [{ dims }] = all;
  const at = axisIn(axis, dims.length);
  const place = sampleAxis(dims, axis);
  const isSuited = (other: Shape): boolean =>
    other.length === dims.length &&
    other.every((n, i) => i === at || n === dims[i] || (isBatch(n) && isBatch(dims[i])));
  if (!all.every((one) => isSuited(one.dims)))
    throw new Refusal(`inputs ${all.map((one) => showDims(one.dims)).join(' and ')}`);
  const out = dims.map((n, i) => (i === at ? all.reduce((sum, one) => sum + one.dims[at], 0) : n));
  if (all.length === 1) return all[0];
  const axes = sampleOf(dims).map((_, i) => i);
  const order = [place, ...axes.filter((i) => i !== place)];
  const moved = all.map((one) => site.steps.permuted(site.steps.shaped(one.step(), sampleOf(one.dims)), order));
  const back = axes.map((i) => order.indexOf(i));
  return dataOf(out, site.steps.permuted(site.steps.append({ layer: 'concat' }, moved), back));
}

/** A row of a constant table for each whole number; or the last state of a sequence. */
function gathered(site: Site): Data {
  const axis = site.int('axis', 0);
  const table = site.value(0);
  if (table?.kind === 'data') return state(site, table, axis);
  const W = site.demandConstant(0, 'the table');
  const x = site.data(1);
  if (W.dims.length !== 2 || axisIn(axis, 2) !== 0) throw new Refusal(`axis ${axis} of a table ${show(W.dims)}`);
  const [count, units] = W.dims;
  const shape = sampleOf(x.dims);
  const step = site.steps.append({ layer: 'embedding', count, units }, [site.steps.shaped(x.step(), shape)], {
    weight: sourceOf(W),
  });
  return dataOf([...x.dims, units], step);
}

function state(site: Site, x: Data, axis: number): Data {
  const { dims } = x;
  const index = site.demandConstant(1, 'indices');
  const at = axisIn(axis, dims.length);
  const place = sampleAxis(dims, axis);
  const rest = dims.filter((_, i) => i !== at);
  if (index.dims.length === 0 && dims[at] === 1 && [0, -1].includes(index.numbers()[0])) return viewed(x, rest);
  const isLast = index.dims.length === 0 && [-1, dims[at] - 1].includes(index.numbers()[0]);
  const step = isLast && place === 0 ? lastState(site, x.step()) : undefined;
  if (!step)
    throw new Refusal(
      `axis ${axis} of data ${showDims(dims)}, expected a constant table, or the last state of a sequence`,
    );
  return dataOf(rest, step);
}

function pooled(site: Site, pool: 'average' | 'max'): Data {
  const size = site.ints('kernel_shape') ?? [];
  const axes = size.length;
  if (axes !== 1 && axes !== 2) throw new Refusal(`kernel_shape = ${size}, expected 1 or 2 numbers`);
  const counts = pool === 'max' || site.int('count_include_pad', 0) !== 0;
  site.only('storage_order', 0);
  const ceil = site.int('ceil_mode', 0) !== 0;
  site.onlyFirst('the indices');
  const { known, pads: zeros } = withoutPads(site, axes);
  const image = known ? imageOf(known, axes) : [];
  const own = sidesOf(site, size, image.slice(1), zeros);
  const sides = wider(own, zeros);
  const x = known ?? site.data(0);
  // Zeros that are there count in a mean, and may be the largest of a window.
  const isPadded = zeros.flat().some((n) => n > 0);
  if (isPadded && (pool === 'max' || (!counts && own.pads.flat().some((n) => n > 0)))) throw new Refusal('after Pad');
  if (ceil && image.slice(1).some((n, i) => !dividesEvenly(n, sides, i)))
    throw new Refusal(`ceil_mode = 1, with windows that reach out of ${show(image)}: expected a size that they fill`);
  const padding = paddingOf(sides, image.slice(1));
  const hasPads = sides.pads.flat().some((n) => n > 0);
  const options = {
    ...{ pool, size: axes === 1 ? size[0] : size, stride: axes === 1 ? sides.strides[0] : sides.strides },
    ...(hasPads ? { padding: axes === 1 && padding !== 'same' ? padding[0] : padding } : {}),
    ...(hasPads && !counts && !isPadded ? { countPadding: false } : {}),
  };
  const layer = axes === 1 ? ('pool1d' as const) : ('pool2d' as const);
  const step = site.steps.append({ layer, ...options }, [site.steps.shaped(x.step(), image)]);
  return dataOf([x.dims[0], ...step.shape], step);
}

const dividesEvenly = (n: number, { kernel, strides, pads }: Sides, i: number): boolean =>
  (n + pads[i][0] + pads[i][1] - kernel[i]) % strides[i] === 0;

function globalPool(site: Site, pool: 'average' | 'max'): Data {
  const x = site.data(0);
  if (!isBatch(x.dims[0]) || x.dims.length < 3)
    throw new Refusal(`data ${showDims(x.dims)}, expected images or signals`);
  const [N, C, ...image] = x.dims;
  const shape = [C, size(image.slice(0, -1)), image[image.length - 1]];
  const step = site.steps.append({ layer: 'globalPool2d', pool }, [site.steps.shaped(x.step(), shape)]);
  return dataOf([N, C, ...image.map(() => 1)], step);
}

/** Other axes for the numbers of each sample. The batch stays where it is. */
function reshaped(site: Site): Data {
  const given = site.integers(1, 'shape');
  site.only('allowzero', 0);
  const x = site.data(0);
  if (!given) throw new Refusal('shape is missing');
  const { dims } = x;
  const wanted = given.map((n, i) => (n === 0 ? (dims[i] ?? Number.POSITIVE_INFINITY) : n));
  const total = size(sampleOf(dims));
  const batch = wanted.findIndex(isBatch);
  // Where the size of the batch is not computed, it is what is left over, or the one that the graph has, and first.
  const isFirst = (n: number, i: number): boolean => i === 0 && (n === -1 || n === site.batchSize);
  const shape = batch >= 0 ? wanted : wanted.map((n, i) => (isFirst(n, i) ? BATCH : n));
  const at = shape.findIndex(isBatch);
  const rest = sampleOf(shape);
  const known = rest.filter((n) => n !== -1);
  const left = total / size(known);
  const sample = rest.map((n) => (n === -1 ? left : n));
  const refusal = new Refusal(`shape ${showDims(given)} of data ${showDims(dims)}: expected the samples to stay apart`);
  if (at < 0 || rest.length + 1 !== shape.length || rest.length - known.length > 1) throw refusal;
  if (size(sample) !== total || !sample.every((n) => Number.isSafeInteger(n) && n > 0)) throw refusal;
  // The numbers before the batch have to be the same ones.
  const before = dims.findIndex(isBatch);
  if (size(sample.slice(0, at)) !== size(dims.slice(0, before))) throw refusal;
  return viewed(x, [...sample.slice(0, at), BATCH, ...sample.slice(at)]);
}

/** Pixels repeated. */
function resized(site: Site): Data {
  const mode = site.text('mode', 'nearest');
  const nearest = site.text('nearest_mode', 'round_prefer_floor');
  const transform = site.text('coordinate_transformation_mode', 'half_pixel');
  site.float('cubic_coeff_a', 0);
  site.float('extrapolation_value', 0);
  site.only('exclude_outside', 0);
  site.only('antialias', 0);
  const repeats =
    (transform === 'asymmetric' && nearest === 'floor') ||
    (['half_pixel', 'pytorch_half_pixel', 'half_pixel_symmetric'].includes(transform) && nearest.startsWith('round'));
  if (mode !== 'nearest' || !repeats)
    throw new Refusal(`mode = ${mode}, nearest_mode = ${nearest}, coordinate_transformation_mode = ${transform}`);
  const x = site.data(0);
  const image = imageOf(x, 2);
  const scales = site.constant(2, 'scales');
  const sizes = site.constant(3, 'sizes');
  const wanted = scales && size(scales.dims) > 0 ? Array.from(scales.numbers()) : undefined;
  const out = sizes && Array.from(sizes.numbers());
  const factors = wanted ?? out?.map((n, i) => (i === 0 ? 1 : n / image[i - 1])) ?? [];
  const [, ...others] = factors;
  if (factors.length !== 4 || others[0] !== 1 || !others.every((n) => Number.isInteger(n) && n > 0) || factors[0] !== 1)
    throw new Refusal(`scales ${factors}, expected whole numbers for height and width`);
  const step = site.steps.append({ layer: 'upsample2d', factor: others.slice(1) }, [
    site.steps.shaped(x.step(), image),
  ]);
  return dataOf([x.dims[0], ...step.shape], step);
}
