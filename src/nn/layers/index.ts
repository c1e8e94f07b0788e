/** All layers. */
import { member } from '../../base/arguments.ts';
import { kinds, type Layer } from './kinds.ts';
import type { LayerKind } from './layer.ts';

export * from './activation.ts';
export { type Add, add } from './add.ts';
export { type BatchNorm, type BatchNormOptions, batchNorm } from './batch-norm.ts';
export { type Conv2d, type Conv2dOptions, conv2d } from './conv2d.ts';
export { type Dense, dense } from './dense.ts';
export { type Dropout, dropout } from './dropout.ts';
export { type Flatten, flatten } from './flatten.ts';
export type { Layer } from './kinds.ts';
export type { InitialiserOptions, LayerActivation } from './layer.ts';
export { type LayerNorm, type LayerNormOptions, layerNorm } from './layer-norm.ts';
export { type PointwiseOptions, pointwise } from './pointwise.ts';
export { avgPool2d, maxPool2d, type Pool2d, type Pool2dOptions } from './pool2d.ts';

export function isLayer(value: unknown): value is Layer {
  const name = member(value, 'layer');
  return typeof name === 'string' && Object.hasOwn(kinds, name);
}

export const kindOf = (layer: Layer): LayerKind<Layer> => kinds[layer.layer] as LayerKind<Layer>;
