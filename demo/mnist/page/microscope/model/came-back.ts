/** What a layer sends back to one number that it is applied to: ∂C by that number, as far as it goes through this layer. */

import { EPSILON, type NetLayer } from './net-layers.ts';
import { type NormError, normError } from './norms.ts';
import type { View } from './view-of.ts';
import { returned, unpooled } from './windows.ts';

/** With its windows, which convolutions and pools have. */
export type Windowed = NetLayer & Required<Pick<NetLayer, 'window'>>;
export const windowed = (layer: NetLayer): Windowed => layer as Windowed;

/** `index` is that of the number among those of a sample. */
export function cameBack(view: View, m: number, index: number): number {
  const { tensors, values, layers } = view;
  const layer = layers[m - 1];
  const data = (name: string): Float32Array => tensors[name].data;
  const upstream = data(values.gradientOf(m));
  switch (layer.kind) {
    case 'dense': {
      const { shape, data: W } = tensors[`W${m}`];
      return data(`delta${m}`).reduce((sum, error, unit) => sum + W[unit * shape[1] + index] * error, 0);
    }
    case 'conv2d':
      return returned(windowed(layer), data(`W${m}`), data(`delta${m}`), index).reduce(
        (total, { sum }) => total + sum,
        0,
      );
    case 'maxPool2d':
    case 'averagePool2d':
      return unpooled(windowed(layer), data(values.nameOf(layer.of[0])), upstream, index);
    case 'dropout':
      return (data(`mask${m}`)[index] * upstream[index]) / (1 - layer.rate!);
    case 'batchNorm':
    case 'layerNorm':
      return normBack(view, m, index).result;
    case 'skip':
      return upstream[index];
    case 'activation':
      return upstream[index] * data(`rise${m}`)[index];
  }
}

/** Through a normalisation. */
export function normBack(view: View, m: number, index: number): NormError {
  const { tensors, layers, pictures } = view;
  const [gamma, upstream, normalized, variance] = [`gamma${m}`, `da${m}`, `normalized${m}`, `variance${m}`].map(
    (name) => tensors[name].data,
  );
  const statistics = { variance: 0, epsilon: EPSILON };
  if (layers[m - 1].kind === 'batchNorm') {
    const channel = Math.floor((index * gamma.length) / upstream.length);
    // Of γ and β the gradients are the sums that are needed here.
    const count = (pictures * upstream.length) / gamma.length;
    const [mean, meanWith] = [`dbeta${m}`, `dgamma${m}`].map(
      (name) => (gamma[channel] * tensors[name].data[channel]) / count,
    );
    const g = gamma[channel] * upstream[index];
    return normError(g, normalized[index], { ...statistics, mean, meanWith, variance: variance[channel] });
  }
  const g = upstream.map((error, i) => error * gamma[i]);
  const meanOf = (f: (i: number) => number): number => g.reduce((sum, _, i) => sum + f(i), 0) / g.length;
  const [mean, meanWith] = [meanOf((i) => g[i]), meanOf((i) => g[i] * normalized[i])];
  return normError(g[index], normalized[index], { ...statistics, mean, meanWith, variance: variance[0] });
}
