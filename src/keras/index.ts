/**
 * Models of Keras and TensorFlow.js, to go on with.
 *
 * @module retrograd/keras
 */
export type { Bytes } from '../base/as-bytes.ts';
export type { Tensor } from '../base/tensor.ts';
export type { Model } from '../nn/model.ts';
export type { Layout } from './build.ts';
export { fromLayersModel, type LayersModel, type LayersModelOptions } from './from-layers-model.ts';
export type { LayersWeights } from './weights.ts';
