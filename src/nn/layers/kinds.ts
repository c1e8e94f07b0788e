/** Every kind of layer; a new one is one line in each list here, and one in the index. */
import { type ActivationLayer, activationKind } from './activation.ts';
import { type Add, addKind } from './add.ts';
import { type BatchNorm, batchNormKind } from './batch-norm.ts';
import { type Conv2d, conv2dKind } from './conv2d.ts';
import { type Dense, denseKind } from './dense.ts';
import { type Dropout, dropoutKind } from './dropout.ts';
import { type Flatten, flattenKind } from './flatten.ts';
import type { LayerKind } from './layer.ts';
import { type LayerNorm, layerNormKind } from './layer-norm.ts';
import { type Pool2d, pool2dKind } from './pool2d.ts';

/** Any layer, as plain data. */
export type Layer = ActivationLayer | Add | BatchNorm | Conv2d | Dense | Dropout | Flatten | LayerNorm | Pool2d;

export const kinds: { readonly [K in Layer['layer']]: LayerKind<Extract<Layer, { layer: K }>> } = {
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
