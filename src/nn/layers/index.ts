/** All layers. */
import type { ActivationLayer } from './activation.ts';
import type { Add } from './add.ts';
import type { BatchNorm } from './batch-norm.ts';
import type { Concat } from './concat.ts';
import type { Conv1d } from './conv1d.ts';
import type { Conv2d } from './conv2d.ts';
import type { Conv2dTranspose } from './conv2d-transpose.ts';
import type { Dense } from './dense.ts';
import type { Dropout } from './dropout.ts';
import type { Embedding } from './embedding.ts';
import type { Flatten } from './flatten.ts';
import type { GlobalPool2d } from './global-pool2d.ts';
import type { GroupNorm } from './group-norm.ts';
import type { Gru } from './gru.ts';
import type { InputLayer } from './input.ts';
import type { LayerNorm } from './layer-norm.ts';
import type { Lstm } from './lstm.ts';
import type { Multiply } from './multiply.ts';
import type { OutputsLayer } from './outputs.ts';
import type { Permute } from './permute.ts';
import type { Pool1d } from './pool1d.ts';
import type { Pool2d } from './pool2d.ts';
import type { Prelu } from './prelu.ts';
import type { Reshape } from './reshape.ts';
import type { Standardize } from './standardize.ts';
import type { Upsample2d } from './upsample2d.ts';

export * from './activation.ts';
export { type Add, add } from './add.ts';
export { type BatchNorm, type BatchNormOptions, batchNorm } from './batch-norm.ts';
export { type Concat, concat } from './concat.ts';
export { type Conv1d, type Conv1dOptions, conv1d } from './conv1d.ts';
export { type Conv2d, type Conv2dOptions, conv2d } from './conv2d.ts';
export { type Conv2dTranspose, type Conv2dTransposeOptions, conv2dTranspose } from './conv2d-transpose.ts';
export { type Dense, dense } from './dense.ts';
export { type Dropout, dropout } from './dropout.ts';
export { type Embedding, type EmbeddingOptions, embedding } from './embedding.ts';
export { exactGelu } from './exact-gelu.ts';
export { type Flatten, flatten } from './flatten.ts';
export { type GlobalPool2d, globalAveragePool2d, globalMaxPool2d } from './global-pool2d.ts';
export { type GroupNorm, type GroupNormOptions, groupNorm } from './group-norm.ts';
export { type Gru, gru } from './gru.ts';
export type { InputLayer } from './input.ts';
export type { InitialiserOptions, LayerActivation } from './layer.ts';
export { type LayerNorm, type LayerNormOptions, layerNorm } from './layer-norm.ts';
export { type Lstm, lstm } from './lstm.ts';
export { type Multiply, multiply } from './multiply.ts';
export type { OutputsLayer } from './outputs.ts';
export { type Permute, permute } from './permute.ts';
export { type PointwiseOptions, pointwise } from './pointwise.ts';
export { type AvgPool1dOptions, avgPool1d, maxPool1d, type Pool1d, type Pool1dOptions } from './pool1d.ts';
export { type AvgPool2dOptions, avgPool2d, maxPool2d, type Pool2d, type Pool2dOptions } from './pool2d.ts';
export { type Prelu, prelu } from './prelu.ts';
export type { RecurrentOptions } from './recurrent.ts';
export { type Reshape, reshape } from './reshape.ts';
export { type Standardize, type StandardizeOptions, standardize } from './standardize.ts';
export { type Upsample2d, upsample2d } from './upsample2d.ts';
export type { Weighted, WeightedOptions } from './weighted.ts';

/** Any layer, as plain data. */
export type Layer =
  | ActivationLayer
  | Add
  | BatchNorm
  | Concat
  | Conv1d
  | Conv2d
  | Conv2dTranspose
  | Dense
  | Dropout
  | Embedding
  | Flatten
  | InputLayer
  | GlobalPool2d
  | GroupNorm
  | Gru
  | LayerNorm
  | Lstm
  | Multiply
  | OutputsLayer
  | Permute
  | Pool1d
  | Pool2d
  | Prelu
  | Reshape
  | Standardize
  | Upsample2d;
