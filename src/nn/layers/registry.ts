/**
 * The list of all layers and of all activations, by the names that files of nets have for them. Files of nets, the command and
 * the tests read it. What few nets need is fetched when it is asked for.
 */
import {
  activationKind,
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  linear,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from './activation.ts';
import { denseKind } from './dense.ts';
import { flattenKind } from './flatten.ts';
import type { Layer } from './index.ts';
import type { LayerActivation, LayerKind } from './layer.ts';

type Kinds = { readonly [L in Layer as L['layer']]: () => LayerKind<L> | Promise<LayerKind<L>> };

/** The kind of each layer. */
export const kinds: Kinds = {
  activation: () => activationKind,
  add: async () => (await import('./add.ts')).addKind,
  batchNorm: async () => (await import('./batch-norm.ts')).batchNormKind,
  concat: async () => (await import('./concat.ts')).concatKind,
  conv1d: async () => (await import('./conv1d.ts')).conv1dKind,
  conv2d: async () => (await import('./conv2d.ts')).conv2dKind,
  conv2dTranspose: async () => (await import('./conv2d-transpose.ts')).conv2dTransposeKind,
  dense: () => denseKind,
  dropout: async () => (await import('./dropout.ts')).dropoutKind,
  embedding: async () => (await import('./embedding.ts')).embeddingKind,
  flatten: () => flattenKind,
  globalPool2d: async () => (await import('./global-pool2d.ts')).globalPool2dKind,
  groupNorm: async () => (await import('./group-norm.ts')).groupNormKind,
  gru: async () => (await import('./gru.ts')).gruKind,
  input: async () => (await import('./input.ts')).inputKind,
  layerNorm: async () => (await import('./layer-norm.ts')).layerNormKind,
  lstm: async () => (await import('./lstm.ts')).lstmKind,
  multiply: async () => (await import('./multiply.ts')).multiplyKind,
  outputs: async () => (await import('./outputs.ts')).outputsKind,
  permute: async () => (await import('./permute.ts')).permuteKind,
  pool1d: async () => (await import('./pool1d.ts')).pool1dKind,
  pool2d: async () => (await import('./pool2d.ts')).pool2dKind,
  prelu: async () => (await import('./prelu.ts')).preluKind,
  reshape: async () => (await import('./reshape.ts')).reshapeKind,
  standardize: async () => (await import('./standardize.ts')).standardizeKind,
  upsample2d: async () => (await import('./upsample2d.ts')).upsample2dKind,
};

/** The kind of that name, if there is one. */
export const kindNamed = async (name: unknown): Promise<LayerKind<Layer> | undefined> =>
  Object.hasOwn(kinds, name as string) ? ((await kinds[name as Layer['layer']]()) as LayerKind<Layer>) : undefined;

/** σ of `dense(10, σ)` and of the others that take one, but for those that few nets have. */
export const usualActivations = {
  sigmoid,
  tanh,
  relu,
  leakyRelu,
  elu,
  gelu,
  silu,
  softplus,
  mish,
  relu6,
  hardSigmoid,
  hardSwish,
  selu,
  softmax,
  linear,
} as const;

/** Those that few nets have. */
const rareActivations = { exactGelu: async () => (await import('./exact-gelu.ts')).exactGelu };

/** The activation of that name, if there is one. */
export async function activationNamed(name: unknown): Promise<LayerActivation | undefined> {
  if (Object.hasOwn(usualActivations, name as string)) return usualActivations[name as 'relu'];
  return Object.hasOwn(rareActivations, name as string) ? rareActivations[name as 'exactGelu']() : undefined;
}
