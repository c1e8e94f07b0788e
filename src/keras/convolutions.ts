/** The convolutions of Keras, and zeros around images, which only what has windows takes here. */
import { type Shape, sameShape, show } from '../base/tensor.ts';
import { linear } from '../nn/layers/activation.ts';
import { conv1d } from '../nn/layers/conv1d.ts';
import { conv2d } from '../nn/layers/conv2d.ts';
import { conv2dTranspose } from '../nn/layers/conv2d-transpose.ts';
import type { Layer } from '../nn/layers/index.ts';
import type { LayerActivation } from '../nn/layers/layer.ts';
import { zerosBeside } from '../nn/layers/padding.ts';
import { apply } from '../nn/model.ts';
import type { Config } from './config.ts';
import { type Apply, type Convert, type Site, transposing, Unsupported } from './site.ts';
import { channelsFirst, imageOf, type Value, type Zeros } from './values.ts';

/** A convolution along the axes that its kernel has. */
export interface Filters {
  readonly filters: number;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly rule: 'valid' | 'same';
  readonly groups: number;
  readonly of: LayerActivation;
  readonly bias: boolean;
  /** The weight of Keras, its shape, and which of its axes are ours. */
  readonly weight: { readonly name: string; readonly shape: Shape; readonly axes: readonly number[] };
}

/** Zeros as the option of a layer: as a rule, or as many on both sides. Throws Unsupported for others. */
export function paddingFor(
  { rule, kernel, stride }: Pick<Filters, 'rule' | 'kernel' | 'stride'>,
  places: Shape,
  zeros: Zeros | undefined,
): 'valid' | 'same' | readonly number[] {
  if (!zeros) return rule;
  const sides = places.map((n, i) => {
    const [before, after] = zeros[i];
    const more = zerosBeside(rule, n + before + after, kernel[i], stride[i]);
    return [before + more[0], after + more[1]] as const;
  });
  if (sides.every((pair, i) => sameShape(pair, zerosBeside('same', places[i], kernel[i], stride[i])))) return 'same';
  if (sides.every(([before, after]) => before === after)) return sides.map(([before]) => before);
  const found = sides.map((pair) => pair.join(' and ')).join(', ');
  throw new Unsupported(`expected as many zeros on both sides of ${show(places)}, or those of "same", found ${found}`);
}

/** Applies a convolution; `what` tells it from others of one layer of Keras. */
export function convolve(given: Value, site: Site, of: Filters, what = 'convolution'): Value {
  const axes = of.kernel.length;
  if (given.shape.length !== axes + 1)
    throw new Unsupported(`expected ${axes === 1 ? 'sequences' : 'images'}, found ${show(given.shape)}`);
  const x = channelsFirst(given.padded?.of ?? given);
  const [channels, ...places] = x.value.shape;
  const { filters, groups, bias, weight, kernel, stride } = of;
  const padding = paddingFor(of, places, given.padded?.zeros);
  const make = (): Layer => {
    const options = { groups, bias };
    if (axes === 1) {
      const zeros = typeof padding === 'string' ? padding : padding[0];
      return conv1d(filters, kernel[0], of.of, { ...options, stride: stride[0], padding: zeros });
    }
    const zeros = typeof padding === 'string' ? padding : ([padding[0], padding[1]] as const);
    const [size, steps] = [kernel, stride].map(([a, b]) => [a, b] as const);
    return conv2d(filters, size, of.of, { ...options, stride: steps, padding: zeros });
  };
  const layer = site.layer(what, make, (made) => {
    const shape = [filters, channels / groups, ...kernel];
    site.weight(made, 'weight', shape, weight.name, weight.shape, transposing(weight.shape, weight.axes));
    if (bias) site.weight(made, 'bias', [filters], 'bias');
  });
  return imageOf(apply(layer, x.value));
}

/** What all convolutions of Keras say. */
function read(config: Config, axes: number) {
  config.channelsLast();
  config.undilated(axes);
  return {
    kernel: config.sizes('kernel_size', axes) ?? Array<number>(axes).fill(1),
    stride: config.sizes('strides', axes, Array(axes).fill(1))!,
    rule: config.choice('padding', 'valid', 'same'),
    of: config.activation(),
    bias: config.flag('use_bias', true),
  };
}

/** Filters [...kernel, channels / groups, filters]. */
const convolution = (axes: number): Convert => {
  return (config) => {
    const [options, filters] = [read(config, axes), config.count('filters')];
    const groups = config.count('groups', 1);
    const order = [axes + 1, axes, ...options.kernel.map((_, i) => i)];
    return ([given], site) => {
      const shape = [...options.kernel, given.shape[given.shape.length - 1] / groups, filters];
      return convolve(given, site, { ...options, filters, groups, weight: { name: 'kernel', shape, axes: order } });
    };
  };
};

/** Filters [height, width, channels, multiplier], which see one channel each. */
function depthwise(options: ReturnType<typeof read>, multiplier: number): (given: Value) => Filters {
  return ({ shape: [, , channels] }) => {
    const shape = [...options.kernel, channels, multiplier];
    const weight = { name: 'depthwise_kernel', shape, axes: [2, 3, 0, 1] };
    return { ...options, filters: channels * multiplier, groups: channels, weight };
  };
}

/** A dense layer of Keras on samples of several axes: on the last one, at each place. */
export function denseAtEach(given: Value, site: Site, units: number, of: LayerActivation, bias: boolean): Value {
  const axes = given.shape.length - 1;
  if (axes > 2) throw new Unsupported(`expected samples of at most three axes, found ${show(given.shape)}`);
  const ones = Array<number>(axes).fill(1);
  const weight = { name: 'kernel', shape: [given.shape[axes], units], axes: [1, 0] };
  return convolve(given, site, {
    filters: units,
    kernel: ones,
    stride: ones,
    rule: 'valid',
    groups: 1,
    of,
    bias,
    weight,
  });
}

const transposed = (config: Config): Apply => {
  const { kernel, stride, rule, of, bias } = read(config, 2);
  const filters = config.count('filters');
  const cut = kernel.map((size, i) => (rule === 'same' ? size - stride[i] : 0));
  // Keras cuts off ⌊cut / 2⌋ before and the rest after.
  if (cut.some((n) => n < 0 || n % 2 > 0))
    config.problems.push(
      `padding: expected "same" to cut off as much on both sides, found ${kernel} with strides ${stride}`,
    );
  const more = rule === 'same' ? [0, 0] : kernel.map((size, i) => Math.max(0, stride[i] - size));
  return ([given], site) => {
    if (given.shape.length !== 3) throw new Unsupported(`expected images, found ${show(given.shape)}`);
    const x = channelsFirst(given);
    const [channels] = x.value.shape;
    const [size, steps, padding, outputPadding] = [kernel, stride, cut.map((n) => n / 2), more].map(
      ([a, b]) => [a, b] as const,
    );
    const layer = site.layer(
      'convolution',
      () => conv2dTranspose(filters, size, of, { stride: steps, padding, outputPadding, bias }),
      (made) => {
        const shape = [...kernel, filters, channels];
        site.weight(made, 'weight', [channels, filters, ...kernel], 'kernel', shape, transposing(shape, [3, 2, 0, 1]));
        if (bias) site.weight(made, 'bias', [filters], 'bias');
      },
    );
    return imageOf(apply(layer, x.value));
  };
};

export const convolutions: Readonly<Record<string, Convert>> = {
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv2DTranspose: transposed,

  DepthwiseConv2D(config) {
    const of = depthwise(read(config, 2), config.count('depth_multiplier', 1));
    return ([given], site) => convolve(given, site, of(given));
  },

  SeparableConv2D(config) {
    const options = read(config, 2);
    const [filters, multiplier] = [config.count('filters'), config.count('depth_multiplier', 1)];
    const first = depthwise({ ...options, of: linear, bias: false }, multiplier);
    return ([given], site) => {
      const between = convolve(given, site, first(given), 'depthwise');
      const shape = [1, 1, between.shape[2], filters];
      const weight = { name: 'pointwise_kernel', shape, axes: [3, 2, 0, 1] };
      const ones = { kernel: [1, 1], stride: [1, 1], rule: 'valid', groups: 1 } as const;
      return convolve(between, site, { ...options, ...ones, filters, weight });
    };
  },

  ZeroPadding2D(config) {
    const zeros = config.zeros('padding');
    config.channelsLast();
    return ([given]) => {
      if (given.shape.length !== 3) throw new Unsupported(`expected images, found ${show(given.shape)}`);
      const { of, zeros: around } = given.padded ?? {
        of: given,
        zeros: [
          [0, 0],
          [0, 0],
        ] as const,
      };
      const all = zeros.map(([before, after], i) => [before + around[i][0], after + around[i][1]] as const);
      const [H, W, C] = of.shape;
      const shape = [H + all[0][0] + all[0][1], W + all[1][0] + all[1][1], C];
      return { value: of.value, shape, padded: { of, zeros: all } };
    };
  },
};

/** Layers that take zeros around their images. */
export const takesZeros = /^(ZeroPadding2D|MaxPooling2D|(Separable|Depthwise)?Conv2D)$/;
