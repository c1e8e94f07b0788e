/** Every kind of layer; a new one is one line in each list. */
import { member } from '../arguments.ts';
import { type ActivationLayer, activationKind } from './activation.ts';
import { type Add, addKind } from './add.ts';
import { type BatchNorm, batchNormKind } from './batch_norm.ts';
import { type Conv2d, conv2dKind } from './conv2d.ts';
import { type Dense, denseKind } from './dense.ts';
import { type Dropout, dropoutKind } from './dropout.ts';
import { type Flatten, flattenKind } from './flatten.ts';
import type { LayerKind } from './layer.ts';
import { type LayerNorm, layerNormKind } from './layer_norm.ts';
import { type Pool2d, pool2dKind } from './pool2d.ts';

export * from './activation.ts';
export { type Add, add } from './add.ts';
export { type BatchNorm, type BatchNormOptions, batchNorm } from './batch_norm.ts';
export { type Conv2d, type Conv2dOptions, conv2d } from './conv2d.ts';
export { type Dense, dense } from './dense.ts';
export { type Dropout, dropout } from './dropout.ts';
export { type Flatten, flatten } from './flatten.ts';
export { type LayerNorm, type LayerNormOptions, layerNorm } from './layer_norm.ts';
export { type PointwiseOptions, pointwise } from './pointwise.ts';
export { avgPool2d, maxPool2d, type Pool2d, type Pool2dOptions } from './pool2d.ts';

export type Layer = ActivationLayer | Add | BatchNorm | Conv2d | Dense | Dropout | Flatten | LayerNorm | Pool2d;

const kinds: { readonly [K in Layer['layer']]: LayerKind<Extract<Layer, { layer: K }>> } = {
  activation: activationKind,
  add: addKind,
  batchNorm: batchNormKind,
  dense: denseKind,
  dropout: dropoutKind,
  layerNorm: layerNormKind,
  conv2d: conv2dKind,
  pool2d: pool2dKind,
  flatten: flattenKind,
};

export function isLayer(value: unknown): value is Layer {
  const name = member(value, 'layer');
  return typeof name === 'string' && Object.hasOwn(kinds, name);
}

export const kindOf = (layer: Layer): LayerKind<Layer> => kinds[layer.layer] as LayerKind<Layer>;
