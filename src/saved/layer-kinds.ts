/** Layers and activations by the names that a file has for them. What few nets need is fetched when a file asks for it. */
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
} from '../nn/layers/activation.ts';
import { denseKind } from '../nn/layers/dense.ts';
import { flattenKind } from '../nn/layers/flatten.ts';
import type { Layer } from '../nn/layers/index.ts';
import type { LayerActivation, LayerKind } from '../nn/layers/layer.ts';
import type { ActivationName } from '../ops/activation-table.ts';

type Kinds = { readonly [L in Layer as L['layer']]: () => LayerKind<L> | Promise<LayerKind<L>> };

const kinds: Kinds = {
  dense: () => denseKind,
  activation: () => activationKind,
  dropout: async () => (await import('../nn/layers/dropout.ts')).dropoutKind,
  embedding: async () => (await import('../nn/layers/embedding.ts')).embeddingKind,
  flatten: () => flattenKind,
  add: async () => (await import('../nn/layers/add.ts')).addKind,
  batchNorm: async () => (await import('../nn/layers/batch-norm.ts')).batchNormKind,
  concat: async () => (await import('../nn/layers/concat.ts')).concatKind,
  conv1d: async () => (await import('../nn/layers/conv1d.ts')).conv1dKind,
  conv2d: async () => (await import('../nn/layers/conv2d.ts')).conv2dKind,
  groupNorm: async () => (await import('../nn/layers/group-norm.ts')).groupNormKind,
  conv2dTranspose: async () => (await import('../nn/layers/conv2d-transpose.ts')).conv2dTransposeKind,
  input: async () => (await import('../nn/layers/input.ts')).inputKind,
  gru: async () => (await import('../nn/layers/gru.ts')).gruKind,
  lstm: async () => (await import('../nn/layers/lstm.ts')).lstmKind,
  layerNorm: async () => (await import('../nn/layers/layer-norm.ts')).layerNormKind,
  globalPool2d: async () => (await import('../nn/layers/global-pool2d.ts')).globalPool2dKind,
  multiply: async () => (await import('../nn/layers/multiply.ts')).multiplyKind,
  permute: async () => (await import('../nn/layers/permute.ts')).permuteKind,
  pool1d: async () => (await import('../nn/layers/pool1d.ts')).pool1dKind,
  pool2d: async () => (await import('../nn/layers/pool2d.ts')).pool2dKind,
  prelu: async () => (await import('../nn/layers/prelu.ts')).preluKind,
  reshape: async () => (await import('../nn/layers/reshape.ts')).reshapeKind,
  standardize: async () => (await import('../nn/layers/standardize.ts')).standardizeKind,
  upsample2d: async () => (await import('../nn/layers/upsample2d.ts')).upsample2dKind,
};

/** The kind of that name, if there is one. */
export const kindNamed = async (name: unknown): Promise<LayerKind<Layer> | undefined> =>
  Object.hasOwn(kinds, name as string) ? ((await kinds[name as Layer['layer']]()) as LayerKind<Layer>) : undefined;

export const activations: Readonly<Record<ActivationName | 'softmax', LayerActivation>> = {
  linear,
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
};
