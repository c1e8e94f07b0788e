/** The layers of Keras, by their class names. */

import { type Shape, sameShape, show, size } from '../base/tensor.ts';
import { activation, elu, leakyRelu, linear, relu, relu6, softmax } from '../nn/layers/activation.ts';
import { add } from '../nn/layers/add.ts';
import { batchNorm } from '../nn/layers/batch-norm.ts';
import { concat } from '../nn/layers/concat.ts';
import { dense } from '../nn/layers/dense.ts';
import { dropout } from '../nn/layers/dropout.ts';
import { embedding } from '../nn/layers/embedding.ts';
import { gru } from '../nn/layers/gru.ts';
import type { Layer } from '../nn/layers/index.ts';
import type { LayerActivation } from '../nn/layers/layer.ts';
import { layerNorm } from '../nn/layers/layer-norm.ts';
import { lstm } from '../nn/layers/lstm.ts';
import { multiply } from '../nn/layers/multiply.ts';
import { permute } from '../nn/layers/permute.ts';
import { prelu } from '../nn/layers/prelu.ts';
import { reshape } from '../nn/layers/reshape.ts';
import { upsample2d } from '../nn/layers/upsample2d.ts';
import { apply } from '../nn/model.ts';
import type { Config } from './config.ts';
import { convolutions, denseAtEach } from './convolutions.ts';
import { globalPool, pooling } from './pools.ts';
import { recurrent } from './recurrent.ts';
import { type Convert, expectShapes, type Site, transposing, Unsupported } from './site.ts';
import { channelsFirst, imageOf, inOrder, type Value } from './values.ts';

const one = ([value]: readonly Value[]): Value => value;
/** The same numbers in the same places, changed each by itself. */
const elementwise = (layer: Layer, value: Value): Value => ({ ...value, value: apply(layer, value.value) });
const lastOf = (shape: Shape): number => shape[shape.length - 1];

function activated(of: LayerActivation, value: Value): Value {
  if (of === linear) return value;
  // The classes of softmax are the channels; of a row of numbers it does not matter how they are ordered.
  return elementwise(activation(of), of === softmax && value.shape.length > 1 ? channelsFirst(value) : value);
}

/** An α for each channel, which training leaves as it is where it is listed in `freeze`. */
function sloped(slope: number, given: Value, site: Site): Value {
  const value = channelsFirst(given);
  const layer = site.layer('prelu', prelu, (made) => site.constant(made, 'weight', [value.value.shape[0]], slope));
  return elementwise(layer, value);
}

/** σ(z) = z for z > 0, else `slope` z. */
function leaky(slope: number | undefined, values: readonly Value[], site: Site): Value {
  if (slope === undefined || slope === 0) return activated(relu, one(values));
  return slope === 0.01 ? activated(leakyRelu, one(values)) : sloped(slope, one(values), site);
}

/** Values of one shape, all in one order of their numbers. */
function alike(values: readonly Value[]): readonly Value[] {
  const [first, ...others] = values;
  const isSame = ({ shape, image }: Value) =>
    sameShape(shape, first.shape) && (image && first.image ? sameShape(image, first.image) : image === first.image);
  if (others.every(isSame)) return values;
  return values.map(first.shape.length > 1 ? channelsFirst : inOrder);
}

const joining = (layer: Layer, values: readonly Value[]): Value => ({
  ...values[0],
  value: apply(layer, ...values.map(({ value }) => value)),
});

/** An axis, which counts the batch. What is returned throws Unsupported unless it is the last one of samples. */
function lastAxis(config: Config): (shape: Shape) => void {
  const axis = config.integers('axis', [-1], -1);
  return (shape) => {
    if (axis.length === 1 && [-1, shape.length].includes(axis[0])) return;
    throw new Unsupported(`axis: expected the last one of ${show(shape)}, found ${axis.join(' and ')}`);
  };
}

/** Weights of a normalization, or what stands for those that it goes without. */
function normalized(config: Config) {
  const [scale, center] = [config.flag('scale', true), config.flag('center', true)];
  return (layer: Layer, shape: Shape, site: Site, from = shape): void => {
    if (scale) site.weight(layer, 'weight', shape, 'gamma', from);
    else site.constant(layer, 'weight', shape, 1);
    if (center) site.weight(layer, 'bias', shape, 'beta', from);
    else site.constant(layer, 'bias', shape, 0);
  };
}

export const converters: Readonly<Record<string, Convert>> = {
  ...convolutions,

  Dense(config) {
    const [units, of, bias] = [config.count('units'), config.activation(), config.flag('use_bias', true)];
    return ([given], site) => {
      if (given.shape.length > 1) return denseAtEach(given, site, units, of, bias);
      const x = site.isShared ? inOrder(given) : given;
      const from = [size(x.shape), units];
      // The numbers of a flattened image lie in another order here.
      const places = x.image?.slice(0, -1) ?? [];
      const rows = x.image ? [size(places), lastOf(x.image)] : from.slice(0, 1);
      const axes = x.image ? [2, 1, 0] : [1, 0];
      const layer = site.layer(
        'dense',
        () => dense(units, of, { bias }),
        (made) => {
          site.weight(made, 'weight', [units, from[0]], 'kernel', from, transposing([...rows, units], axes));
          if (bias) site.weight(made, 'bias', [units], 'bias');
        },
      );
      return { value: apply(layer, x.value), shape: [units] };
    };
  },

  Flatten(config) {
    config.channelsLast();
    return ([given]) => {
      if (given.shape.length === 1) return given;
      const shape = [size(given.shape)];
      return { ...given, value: apply(reshape(shape), given.value), shape };
    };
  },

  Reshape(config) {
    const target = config.integers('target_shape', [-1], -1);
    return ([given]) => {
      const value = apply(reshape(target), inOrder(given).value);
      return { value, shape: value.shape };
    };
  },

  Permute(config) {
    const axes = config.integers('dims', [], 1).map((axis) => axis - 1);
    return ([given]) => {
      const value = apply(permute(axes), inOrder(given).value);
      return { value, shape: value.shape };
    };
  },

  Dropout(config) {
    const rate = config.number('rate', 0);
    return ([given]) => elementwise(dropout(rate), given);
  },

  Activation(config) {
    const of = config.activation();
    return ([given]) => activated(of, given);
  },

  ReLU(config) {
    const [most, slope] = [config.number('max_value'), config.number('negative_slope') ?? 0];
    if (config.number('threshold', 0) !== 0) config.problems.push('threshold: expected 0, found another');
    if (most !== undefined && (most !== 6 || slope !== 0))
      config.problems.push(`max_value: expected 6, without a negative_slope, found ${most}`);
    return (values, site) => (most === undefined ? leaky(slope, values, site) : activated(relu6, one(values)));
  },

  LeakyReLU(config) {
    const slope = config.number('alpha') ?? config.number('negative_slope') ?? 0.3;
    config.number('negative_slope');
    return (values, site) => leaky(slope, values, site);
  },

  ELU(config) {
    const alpha = config.number('alpha', 1);
    if (alpha !== 1) config.problems.push(`alpha: expected 1, found ${alpha}`);
    return ([given]) => activated(elu, given);
  },

  Softmax(config) {
    const axis = lastAxis(config);
    return ([given]) => {
      axis(given.shape);
      return activated(softmax, given);
    };
  },

  PReLU(config) {
    const shared = config.integers('shared_axes', [], 1);
    return ([given], site) => {
      const { shape } = given;
      const places = shape.slice(0, -1).map((_, i) => i + 1);
      if (places.length !== shared.length || places.some((axis) => !shared.includes(axis)))
        throw new Unsupported(
          `shared_axes: expected ${show(places)} for samples ${show(shape)}, found ${show(shared)}`,
        );
      const value = channelsFirst(given);
      const channels = [lastOf(shape)];
      const from = [...places.map(() => 1), ...channels];
      const layer = site.layer('prelu', prelu, (made) => site.weight(made, 'weight', channels, 'alpha', from));
      return elementwise(layer, value);
    };
  },

  BatchNormalization(config) {
    const [epsilon, momentum] = [config.number('epsilon', 1e-3), config.number('momentum', 0.99)];
    const [axis, assign] = [lastAxis(config), normalized(config)];
    return ([given], site) => {
      axis(given.shape);
      const value = channelsFirst(given);
      const channels = [lastOf(value.shape)];
      const layer = site.layer(
        'norm',
        () => batchNorm({ momentum: 1 - momentum, epsilon }),
        (made) => {
          assign(made, channels, site);
          site.weight(made, 'running_mean', channels, 'moving_mean');
          site.weight(made, 'running_var', channels, 'moving_variance');
        },
      );
      return elementwise(layer, value);
    };
  },

  LayerNormalization(config) {
    const epsilon = config.number('epsilon', 1e-3);
    const [axis, assign] = [lastAxis(config), normalized(config)];
    return ([given], site) => {
      expectShapes([given], ({ length }) => length === 1, 'rows of numbers, as it is over all axes here');
      axis(given.shape);
      const value = inOrder(given);
      const layer = site.layer(
        'norm',
        () => layerNorm({ epsilon }),
        (made) => assign(made, value.shape, site),
      );
      return elementwise(layer, value);
    };
  },

  Add: () => (values) => {
    expectShapes(values, (shape) => sameShape(shape, values[0].shape), 'values of one shape');
    return joining(add(), alike(values));
  },

  Multiply: () => (values) => {
    const [first, ...others] = [...values].sort((a, b) => size(b.shape) - size(a.shape));
    if (others.every(({ shape }) => sameShape(shape, first.shape))) return joining(multiply(), alike(values));
    // [1, 1, C] weighs the channels of [H, W, C].
    const channels = [lastOf(first.shape)];
    expectShapes(
      others,
      (shape) => shape.length === first.shape.length && size(shape) === lastOf(shape) && lastOf(shape) === channels[0],
      `values of the shape ${show(first.shape)}, or one number for each of its channels`,
    );
    const weights = others.map((value) => ({ value: apply(reshape(channels), inOrder(value).value), shape: channels }));
    return joining(multiply(), [channelsFirst(first), ...weights]);
  },

  Concatenate(config) {
    const [axis = -1] = config.integers('axis', [-1], -8);
    return (values) => {
      const [{ shape }] = values;
      const rank = shape.length;
      const at = axis < 0 ? rank + axis : axis - 1;
      const isRest = (other: Shape) => other.length === rank && other.every((n, i) => i === at || n === shape[i]);
      expectShapes(values, isRest, `values that differ along axis ${axis} alone`);
      if (at !== rank - 1 && at !== 0)
        throw new Unsupported(`axis: expected the first or the last one of ${show(shape)}, found ${axis}`);
      const isLast = at === rank - 1 && rank > 1;
      const moved = values.map(isLast ? channelsFirst : inOrder);
      const whole = shape.map((n, i) => (i === at ? values.reduce((sum, { shape }) => sum + shape[at], 0) : n));
      const { value } = joining(concat(), moved);
      return isLast ? { value, shape: whole, image: whole } : { value, shape: whole };
    };
  },

  Embedding(config) {
    const [count, units] = [config.count('input_dim'), config.count('output_dim')];
    config.number('input_length');
    return ([given], site) => {
      const { value, shape } = inOrder(given);
      const layer = site.layer(
        'embedding',
        () => embedding(count, units),
        (made) => site.weight(made, 'weight', [count, units], 'embeddings'),
      );
      return { value: apply(layer, value), shape: [...shape, units] };
    };
  },

  UpSampling2D(config) {
    const factor = config.sizes('size', 2, [2, 2]) as readonly [number, number];
    config.choice('interpolation', 'nearest');
    config.channelsLast();
    return ([given]) => {
      expectShapes([given], ({ length }) => length === 3, 'images');
      return imageOf(apply(upsample2d(factor), channelsFirst(given).value));
    };
  },

  MaxPooling1D: pooling(1, 'max'),
  MaxPooling2D: pooling(2, 'max'),
  AveragePooling1D: pooling(1, 'average'),
  AveragePooling2D: pooling(2, 'average'),
  GlobalMaxPooling1D: globalPool(1, 'max'),
  GlobalMaxPooling2D: globalPool(2, 'max'),
  GlobalAveragePooling1D: globalPool(1, 'average'),
  GlobalAveragePooling2D: globalPool(2, 'average'),

  // z, r, n of Keras are r, z, n here; i, f, g, o are the same.
  GRU: recurrent(gru, 3, [1, 0, 2]),
  LSTM: recurrent(lstm, 4, []),
};
