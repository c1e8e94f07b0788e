/** Every layer as nodes of ONNX, applied to values [N, ...sample]. */
import { sameShape, size } from '../../base/tensor.ts';
import { pairOf } from '../../nn/layers/image.ts';
import type {
  Conv1d,
  Conv2d,
  Conv2dTranspose,
  Dense,
  GroupNorm,
  Layer,
  Pool1d,
  Pool2d,
  Standardize,
} from '../../nn/layers/index.ts';
import { zerosAround, zerosBeside } from '../../nn/layers/padding.ts';
import { DATA_TYPES } from '../messages.ts';
import { appendActivation } from './activations.ts';
import { float } from './builder.ts';
import { appendRecurrent } from './recurrent.ts';
import { perChannel, type Site, stored, storedForChannels } from './site.ts';

type Layers = { readonly [L in Layer as L['layer']]: (layer: L, site: Site) => string };

const layers: Layers = {
  activation: (layer, site) => appendActivation(site, layer, site.inputs[0]),
  add: (_layer, { node, inputs }) => inputs.reduce((sum, x) => node('Add', [sum, x])),
  batchNorm({ epsilon }, site) {
    const tensors = ['weight', 'bias', 'running_mean', 'running_var'].map((key) => stored(site, key));
    return site.node('BatchNormalization', [site.inputs[0], ...tensors], { epsilon: float(epsilon) });
  },
  concat: (_layer, { node, inputs }) => node('Concat', inputs, { axis: 1 }),
  conv1d: appendConv1d,
  conv2d: appendConv2d,
  conv2dTranspose: appendConv2dTranspose,
  dense: appendDense,
  dropout: (_layer, { inputs }) => inputs[0],
  embedding(_layer, site) {
    const { node, inputs, areIndices } = site;
    const indices = areIndices ? inputs[0] : node('Cast', [inputs[0]], { to: DATA_TYPES.int64 });
    return node('Gather', [stored(site, 'weight'), indices]);
  },
  flatten: (_layer, { node, inputs }) => node('Flatten', inputs),
  globalPool2d({ pool }, { node, inputs }) {
    return node('Flatten', [node(pool === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', inputs)]);
  },
  groupNorm: appendGroupNorm,
  gru: appendRecurrent,
  input: (_layer, { inputs }) => inputs[0], // an input of the graph
  layerNorm({ epsilon }, site) {
    const tensors = [stored(site, 'weight'), stored(site, 'bias')];
    return site.node('LayerNormalization', [site.inputs[0], ...tensors], { axis: 1, epsilon: float(epsilon) });
  },
  lstm: appendRecurrent,
  multiply: (_layer, { node, integers, inputs: [first, ...others], shapes: [shape, ...rest] }) =>
    others.reduce((product, x, i) => {
      const isWhole = sameShape(rest[i], shape);
      const axes = [0, ...perChannel(shape[0], shape)];
      return node('Mul', [product, isWhole ? x : node('Reshape', [x, integers(axes)])]);
    }, first),
  outputs: (_layer, { inputs }) => inputs[0], // outputs of the graph
  permute: ({ axes }, { node, inputs }) => node('Transpose', inputs, { perm: [0, ...axes.map((axis) => axis + 1)] }),
  pool1d: appendPool1d,
  pool2d: appendPool2d,
  prelu: (_layer, site) => site.node('PRelu', [site.inputs[0], storedForChannels(site, 'weight')]),
  reshape: (_layer, { node, integers, inputs, shape }) => node('Reshape', [inputs[0], integers([0, ...shape])]),
  standardize: appendStandardize,
  upsample2d: ({ factor }, { node, tensor, inputs }) => {
    const scales = tensor(`constants/scales ${factor}`, { shape: [4], data: Float32Array.of(1, 1, ...factor) });
    const attributes = { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' };
    return node('Resize', [inputs[0], '', scales], attributes);
  },
};

/** A layer applied to the values of its site -> the name of what comes out. */
export const appendLayer = (layer: Layer, site: Site): string =>
  (layers[layer.layer] as (layer: Layer, site: Site) => string)(layer, site);

/** What follows a weighted sum of an operator that takes W and b: σ. */
function appendWeighted(
  layer: Dense | Conv1d | Conv2d | Conv2dTranspose,
  site: Site,
  op: string,
  x: string,
  attributes: Parameters<Site['node']>[2],
): string {
  const tensors = ['weight', 'bias'].filter((key) => site.parameter(key)).map((key) => stored(site, key));
  return appendActivation(site, layer, site.node(op, [x, ...tensors], attributes));
}

function appendDense(layer: Dense, site: Site): string {
  const { node, inputs, shapes } = site;
  const x = shapes[0].length === 1 ? inputs[0] : node('Flatten', inputs);
  return appendWeighted(layer, site, 'Gemm', x, { transB: 1 });
}

function appendConv1d(layer: Conv1d, site: Site): string {
  const { kernel, stride, padding, groups: group = 1 } = layer;
  const pads = zerosBeside(padding, site.shapes[0][1], kernel, stride);
  const attributes = { kernel_shape: [kernel], strides: [stride], pads, group };
  return appendWeighted(layer, site, 'Conv', site.inputs[0], attributes);
}

function appendConv2d(layer: Conv2d, site: Site): string {
  const { kernel, padding, groups: group = 1 } = layer;
  const strides = pairOf(layer.stride);
  const { top, left, bottom, right } = zerosAround(padding, site.shapes[0].slice(1), kernel, strides);
  const attributes = { kernel_shape: kernel, strides, pads: [top, left, bottom, right], group };
  return appendWeighted(layer, site, 'Conv', site.inputs[0], attributes);
}

function appendConv2dTranspose(layer: Conv2dTranspose, site: Site): string {
  const { kernel, groups: group = 1 } = layer;
  const [strides, padding, more] = [layer.stride, layer.padding, layer.outputPadding].map(pairOf);
  const pads = [...padding, ...padding];
  const attributes = { kernel_shape: kernel, strides, pads, output_padding: more, group };
  return appendWeighted(layer, site, 'ConvTranspose', site.inputs[0], attributes);
}

function appendPool1d({ pool, size, stride, padding = 0, countPadding }: Pool1d, site: Site): string {
  const pads = zerosBeside(padding, site.shapes[0][1], size, stride);
  const window = { kernel_shape: [size], strides: [stride], pads };
  return appendPooling(pool, window, countPadding, site);
}

function appendPool2d({ pool, size, stride, padding = 0, countPadding }: Pool2d, site: Site): string {
  const strides = pairOf(stride);
  const { top, left, bottom, right } = zerosAround(padding, site.shapes[0].slice(1), size, strides);
  const window = { kernel_shape: size, strides, pads: [top, left, bottom, right] };
  return appendPooling(pool, window, countPadding, site);
}

function appendPooling(
  pool: 'max' | 'average',
  window: Readonly<Record<string, readonly number[]>>,
  countPadding: false | undefined,
  { node, inputs }: Site,
): string {
  if (pool === 'max') return node('MaxPool', inputs, window);
  return node('AveragePool', inputs, { ...window, count_include_pad: countPadding === false ? 0 : 1 });
}

/** Groups as channels, each brought to mean 0 and variance 1 by itself: opset 17 has no operator for it. */
function appendGroupNorm({ groups, epsilon }: GroupNorm, site: Site): string {
  const { node, integers, tensor, inputs, shape } = site;
  const of = (name: string, value: number): string =>
    tensor(`constants/${groups} ${name}`, { shape: [groups], data: new Float32Array(groups).fill(value) });
  const grouped = node('Reshape', [inputs[0], integers([0, groups, size(shape) / groups])]);
  const attributes = { epsilon: float(epsilon) };
  const normalized = node('InstanceNormalization', [grouped, of('ones', 1), of('zeros', 0)], attributes);
  const x = node('Reshape', [normalized, integers([0, ...shape])]);
  const [gamma, beta] = ['weight', 'bias'].map((key) => stored(site, key, perChannel(shape[0], shape)));
  return node('Add', [node('Mul', [x, gamma]), beta]);
}

/** (x − mean) · 1/deviation; a factor of 0 where the deviation is 0. */
function appendStandardize(_layer: Standardize, site: Site): string {
  const { shape, data } = site.parameter('std')!;
  const factor = { shape, data: data.map((deviation) => (deviation > 0 ? 1 / deviation : 0)) };
  const centred = site.node('Sub', [site.inputs[0], storedForChannels(site, 'mean')]);
  return site.node('Mul', [centred, storedForChannels(site, 'factor', factor)]);
}
