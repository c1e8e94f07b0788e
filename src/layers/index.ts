/** Every kind of layer; a new one is one line in each list. */
import { type ActivationLayer, activationKind } from './activation.ts';
import { type Add, addKind } from './add.ts';
import { type Dense, denseKind } from './dense.ts';
import { type Dropout, dropoutKind } from './dropout.ts';
import type { LayerKind } from './layer.ts';

export * from './activation.ts';
export { type Add, add } from './add.ts';
export { type Dense, dense } from './dense.ts';
export { type Dropout, dropout } from './dropout.ts';
export { type PointwiseOptions, pointwise } from './pointwise.ts';

export type Layer = ActivationLayer | Add | Dense | Dropout;

const kinds: { readonly [K in Layer['layer']]: LayerKind<Extract<Layer, { layer: K }>> } = {
  activation: activationKind,
  add: addKind,
  dense: denseKind,
  dropout: dropoutKind,
};

export const isLayer = (value: unknown): value is Layer =>
  typeof value === 'object' && value !== null && Object.hasOwn(kinds, (value as Layer).layer);

export const kindOf = (layer: Layer): LayerKind<Layer> => kinds[layer.layer] as LayerKind<Layer>;
