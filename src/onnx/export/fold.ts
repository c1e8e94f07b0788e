/**
 * Batch normalisation folded into the weighted sums before it: γ (W x + b − mean) / √(variance + ε) + β is W′ x + b′ with
 * W′ = W γ / √(variance + ε) and b′ = (b − mean) γ / √(variance + ε) + β, row by row.
 */
import { size, type Tensor } from '../../base/tensor.ts';
import type { BatchNorm, Layer } from '../../nn/layers/index.ts';
import type { Model } from '../../nn/model.ts';

type Weighted = Extract<Layer, { layer: 'dense' | 'conv1d' | 'conv2d' | 'conv2dTranspose' }>;

/** A layer that has taken over a batch normalisation, which is left out. */
export interface Folded {
  /** The number of the batch normalisation. */
  readonly norm: number;
  /** Its tensors then, by key. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** By the numbers of the layers: weighted sums whose only use is a batch normalisation. */
export function foldNorms(
  { layers, wiring }: Model,
  parameter: (i: number, key: string) => Tensor | undefined,
): ReadonlyMap<number, Folded> {
  const found = new Map<number, Folded>();
  for (const [norm, layer] of layers.entries()) {
    if (layer.layer !== 'batchNorm') continue;
    const [value] = wiring[norm];
    const before = layers[value - 1];
    const uses = wiring.flat().filter((of) => of === value).length;
    if (uses > 1 || !before || !isLinear(before)) continue;
    const tensors = folded(
      before,
      layer,
      (key) => parameter(value - 1, key),
      (key) => parameter(norm, key)!.data,
    );
    found.set(value - 1, { norm, tensors });
  }
  return found;
}

const isLinear = (layer: Layer): layer is Weighted =>
  ['dense', 'conv1d', 'conv2d', 'conv2dTranspose'].includes(layer.layer) &&
  'activation' in layer &&
  layer.activation === 'linear';

function folded(
  layer: Weighted,
  { epsilon }: BatchNorm,
  parameter: (key: string) => Tensor | undefined,
  of: (key: string) => Float32Array,
): Record<string, Tensor> {
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(of);
  const factor = Float64Array.from(gamma, (value, i) => value / Math.sqrt(variance[i] + epsilon));
  const { shape, data } = parameter('weight')!;
  const rowOf = rowsOf(layer, shape);
  const weight = { shape, data: data.map((value, at) => value * factor[rowOf(at)]) };
  const b = parameter('bias')?.data;
  const bias = Float32Array.from(beta, (value, i) => ((b?.[i] ?? 0) - mean[i]) * factor[i] + value);
  return { weight, bias: { shape: [bias.length], data: bias } };
}

/** The unit or channel that a number of W goes to. W of a transposed convolution is [channels, filters / groups, ...]. */
function rowsOf(layer: Weighted, shape: readonly number[]): (at: number) => number {
  if (layer.layer !== 'conv2dTranspose') {
    const ofRow = size(shape.slice(1));
    return (at) => Math.floor(at / ofRow);
  }
  const [channels, filters, ...kernel] = shape;
  const perGroup = channels / (layer.groups ?? 1);
  const ofFilter = size(kernel);
  return (at) => {
    const channel = Math.floor(at / (filters * ofFilter));
    return Math.floor(channel / perGroup) * filters + (Math.floor(at / ofFilter) % filters);
  };
}
