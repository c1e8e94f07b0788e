/** The layers as PyTorch has them: the module that holds the tensors of each, if it has some, and what calls it. */
import { type Shape, sameShape, size } from '../base/tensor.ts';
import type { BatchNorm, Conv1d, Conv2d, Layer, Pool1d, Pool2d } from '../nn/layers/index.ts';
import { zerosBeside } from '../nn/layers/padding.ts';
import type { Part } from './parts.ts';

/** A layer in Python. */
export interface Written {
  /** What makes the module: 'nn.Linear(784, 100)'. */
  readonly module?: string;
  /** What calls it, before its activation. */
  call(self: string, ...values: readonly string[]): string;
  readonly part?: Part;
}

/** What it is applied to, and what comes out: the shapes of samples. */
interface Site {
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  /** Whether its running statistics are frozen. */
  readonly isFrozen: boolean;
}

type Kinds = { readonly [L in Layer as L['layer']]: (layer: L, site: Site) => Written };

/** The layer in Python. */
export const written = (layer: Layer, site: Site): Written =>
  (kinds[layer.layer] as (layer: Layer, site: Site) => Written)(layer, site);

/** A tuple, or a number where all are equal. */
const tuple = (numbers: Shape): string =>
  numbers.every((n) => n === numbers[0]) ? `${numbers[0]}` : `(${numbers.join(', ')})`;
const list = (shape: Shape): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
const pair = (given: number | Shape): Shape => (typeof given === 'number' ? [given, given] : given);

/** Arguments that differ from their defaults, after the others. */
const call = (name: string, given: readonly (string | number)[], options: Readonly<Record<string, unknown>> = {}) => {
  const named = Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  return `${name}(${[...given, ...named].join(', ')})`;
};
const unless = <T>(usual: T, value: T): T | undefined => (value === usual ? undefined : value);

const flat = (x: string, shape: Shape): string => (shape.length === 1 ? x : `${x}.flatten(1)`);
const itself = (self: string, x: string): string => `${self}(${x})`;
const noBias = ({ bias }: { readonly bias?: false }) => (bias === false ? 'False' : undefined);

/** A convolution, with the zeros on each side of the axes of a sample that the layer adds. */
function convolution(
  { filters, groups = 1, bias }: Conv1d | Conv2d,
  name: string,
  [channels]: Shape,
  kernel: Shape,
  stride: Shape,
  zeros: readonly (readonly [number, number])[],
): Written {
  const isEven = zeros.every(([before, after]) => before === after);
  const padding = tuple(zeros.map(([before]) => before));
  const module = call(`nn.${name}`, [channels, filters, tuple(kernel)], {
    stride: unless('1', tuple(stride)),
    padding: isEven ? unless('0', padding) : undefined,
    groups: unless(1, groups),
    bias: noBias({ bias }),
  });
  if (isEven) return { module, call: itself };
  const around = zeros.toReversed().flat().join(', ');
  return { module, call: (self, x) => `${self}(F.pad(${x}, (${around})))` };
}

const zerosFor = (padding: Conv2d['padding'], shape: Shape, kernel: Shape, stride: Shape) => {
  const rules = typeof padding === 'string' ? shape.map(() => padding) : pair(padding);
  return shape.map((n, i) => zerosBeside(rules[i], n, kernel[i], stride[i]));
};

function pooling(layer: Pool1d | Pool2d, { inputs: [[, ...places]] }: Site, size: Shape, stride: Shape): Written {
  const { pool, padding = 0, countPadding } = layer;
  const name = `F.${pool === 'max' ? 'max' : 'avg'}_pool${size.length}d`;
  const zeros = zerosFor(padding, places, size, stride);
  const steps = { stride: unless(tuple(size), tuple(stride)) };
  if (zeros.every(([before, after]) => before === after)) {
    const count = pool === 'average' && countPadding === false ? 'False' : undefined;
    const options = {
      ...steps,
      padding: unless('0', tuple(zeros.map(([before]) => before))),
      count_include_pad: count,
    };
    return { call: (_self, x) => call(name, [x, tuple(size)], options) };
  }
  const around = `(${zeros.toReversed().flat().join(', ')})`;
  const over = (x: string, value?: string) => call(name, [call('F.pad', [x, around], { value }), tuple(size)], steps);
  if (pool === 'max') return { call: (_self, x) => over(x, "float('-inf')") };
  // What does not count is divided out again.
  return { call: (_self, x) => (countPadding === false ? `${over(x)} / ${over(`torch.ones_like(${x})`)}` : over(x)) };
}

function recurrent(name: string, units: number, [, features]: Shape, sequence: boolean, mask: boolean): Written {
  const module = call(`nn.${name}`, [features, units], { batch_first: 'True' });
  if (mask) {
    const flag = sequence ? 'True' : 'False';
    return { module, call: (self, x) => `skipping_zeros(${self}, ${x}, ${flag})`, part: 'skipping_zeros' };
  }
  return { module, call: (self, x) => `${self}(${x})[0]${sequence ? '' : '[:, -1]'}` };
}

const normalized = (name: string, given: readonly (string | number)[], epsilon: number): Written => ({
  module: call(name, given, { eps: unless(1e-5, epsilon) }),
  call: itself,
});

const batchNorm = ({ epsilon, momentum }: BatchNorm, { inputs: [[channels]], isFrozen }: Site): Written => ({
  module: call('BatchNorm', [channels, epsilon, momentum], { frozen: isFrozen ? 'True' : undefined }),
  call: itself,
  part: 'BatchNorm',
});

const kinds: Kinds = {
  activation: () => ({ call: (_self, x) => x }),
  add: () => ({ call: (_self, ...xs) => xs.join(' + ') }),
  batchNorm,
  concat: () => ({ call: (_self, ...xs) => `torch.cat([${xs.join(', ')}], 1)` }),
  conv1d: (layer, { inputs: [x] }) => {
    const { kernel, stride, padding } = layer;
    return convolution(layer, 'Conv1d', x, [kernel], [stride], [zerosBeside(padding, x[1], kernel, stride)]);
  },
  conv2d: (layer, { inputs: [x] }) => {
    const { kernel, padding } = layer;
    const stride = pair(layer.stride);
    return convolution(layer, 'Conv2d', x, kernel, stride, zerosFor(padding, x.slice(1), kernel, stride));
  },
  conv2dTranspose: (
    { filters, kernel, stride, padding, outputPadding, groups = 1, bias },
    { inputs: [[channels]] },
  ) => ({
    module: call('nn.ConvTranspose2d', [channels, filters, tuple(kernel)], {
      stride: unless('1', tuple(pair(stride))),
      padding: unless('0', tuple(pair(padding))),
      output_padding: unless('0', tuple(pair(outputPadding))),
      groups: unless(1, groups),
      bias: noBias({ bias }),
    }),
    call: itself,
  }),
  dense: ({ units, bias }, { inputs: [x] }) => ({
    module: call('nn.Linear', [size(x), units], { bias: noBias({ bias }) }),
    call: (self, of) => `${self}(${flat(of, x)})`,
  }),
  dropout: ({ rate }) => ({ module: `nn.Dropout(${rate})`, call: itself }),
  embedding: ({ count, units, padding }) => ({
    module: call('nn.Embedding', [count, units], { padding_idx: padding }),
    call: (self, x) => `${self}(${x}.long())`,
  }),
  flatten: () => ({ call: (_self, x) => `${x}.flatten(1)` }),
  globalPool2d: ({ pool }) => ({ call: (_self, x) => `${x}.flatten(2).${pool === 'max' ? 'amax' : 'mean'}(2)` }),
  groupNorm: ({ groups, epsilon }, { inputs: [[channels]] }) => normalized('nn.GroupNorm', [groups, channels], epsilon),
  gru: ({ units, sequence, mask }, { inputs: [x] }) => recurrent('GRU', units, x, sequence, mask),
  input: ({ name, shape, first }) => ({
    call: (_self, x) => `part_of(${x}, ${JSON.stringify(name)}, ${first}, ${list(shape)})`,
    part: 'part_of',
  }),
  layerNorm: ({ epsilon }, { inputs: [x] }) => normalized('nn.LayerNorm', [list(x)], epsilon),
  lstm: ({ units, sequence, mask }, { inputs: [x] }) => recurrent('LSTM', units, x, sequence, mask),
  multiply: (_layer, { inputs: [first, ...others] }) =>
    others.every((shape) => sameShape(shape, first))
      ? { call: (_self, ...xs) => xs.join(' * ') }
      : { call: (_self, ...xs) => `multiplied(${xs.join(', ')})`, part: 'multiplied' },
  outputs: ({ names }) => ({
    call: (_self, ...xs) => `{${names.map((name, i) => `${JSON.stringify(name)}: ${xs[i]}`).join(', ')}}`,
  }),
  permute: ({ axes }) => ({ call: (_self, x) => `${x}.permute(${[0, ...axes.map((axis) => axis + 1)].join(', ')})` }),
  pool1d: (layer, site) => pooling(layer, site, [layer.size], [layer.stride]),
  pool2d: (layer, site) => pooling(layer, site, layer.size, pair(layer.stride)),
  prelu: (_layer, { inputs: [[channels]] }) => ({ module: `nn.PReLU(${channels})`, call: itself }),
  reshape: (_layer, { output }) => ({ call: (_self, x) => `${x}.reshape(len(${x}), ${output.join(', ')})` }),
  standardize: ({ values }) => ({ module: `Standardize(${values})`, call: itself, part: 'Standardize' }),
  upsample2d: ({ factor: [down, across] }) => ({
    call: (_self, x) => `${x}.repeat_interleave(${down}, 2).repeat_interleave(${across}, 3)`,
  }),
};
