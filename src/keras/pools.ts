/** The pools of Keras. */

import { globalAveragePool2d, globalMaxPool2d } from '../nn/layers/global-pool2d.ts';
import type { Layer } from '../nn/layers/index.ts';
import { avgPool1d, maxPool1d } from '../nn/layers/pool1d.ts';
import { avgPool2d, maxPool2d } from '../nn/layers/pool2d.ts';
import { reshape } from '../nn/layers/reshape.ts';
import { apply } from '../nn/model.ts';
import { paddingFor } from './convolutions.ts';
import { type Convert, expectShapes, Unsupported } from './site.ts';
import { channelsFirst, imageOf, type Value } from './values.ts';

/** Whose outputs are never below 0: zeros around them are never the largest of a window. */
const notNegative = ['relu', 'relu6', 'sigmoid', 'softmax', 'softplus'];

/** The zeros of a pool, beside those of ZeroPadding2D. Throws Unsupported where these could be the largest of a window. */
function zerosOf(given: Value, rule: 'valid' | 'same', kernel: readonly number[], stride: readonly number[]) {
  const { of, zeros } = given.padded ?? { of: given, zeros: undefined };
  const { layer } = of.value;
  if (zeros && !(layer && 'activation' in layer && notNegative.includes(String(layer.activation))))
    throw new Unsupported('expected zeros of ZeroPadding2D around the outputs of an activation such as relu');
  const padding = paddingFor({ rule, kernel, stride }, of.shape.slice(0, -1), zeros);
  return padding === 'valid' ? 0 : padding === 'same' ? padding : ([padding[0], padding[1]] as const);
}

/** Pools along `axes` axes. */
export function pooling(axes: 1 | 2, pool: 'max' | 'average'): Convert {
  return (config) => {
    const window = config.sizes('pool_size', axes, Array(axes).fill(2))!;
    const steps = config.sizes('strides', axes) ?? window;
    const rule = config.choice('padding', 'valid', 'same');
    config.channelsLast();
    const [size, stride] = [window, steps].map((pair) => pair as [number, number]);
    const along = { stride: stride[0], padding: rule === 'same' ? rule : 0 } as const;
    const uncounted = { countPadding: false };
    return ([given], site) => {
      expectShapes([given], ({ length }) => length === axes + 1, axes === 1 ? 'sequences' : 'images');
      const makers = {
        max1: () => maxPool1d(size[0], along),
        max2: () => maxPool2d(size, { stride, padding: zerosOf(given, rule, size, stride) }),
        average1: () => avgPool1d(size[0], { ...along, ...uncounted }),
        average2: () => avgPool2d(size, { stride, padding: along.padding, ...uncounted }),
      };
      const layer = site.layer<Layer>('pool', makers[`${pool}${axes}`]);
      return imageOf(apply(layer, channelsFirst(given.padded?.of ?? given).value));
    };
  };
}

export function globalPool(axes: 1 | 2, pool: 'max' | 'average'): Convert {
  return (config) => {
    config.channelsLast();
    return ([given]) => {
      expectShapes([given], ({ length }) => length === axes + 1, axes === 1 ? 'sequences' : 'images');
      const { value, shape } = channelsFirst(given);
      const channels = shape.slice(-1);
      if (axes === 2)
        return { value: apply(pool === 'max' ? globalMaxPool2d() : globalAveragePool2d(), value), shape: channels };
      const layer = pool === 'max' ? maxPool1d(shape[0]) : avgPool1d(shape[0]);
      return { value: apply(reshape(channels), apply(layer, value)), shape: channels };
    };
  };
}
