/**
 * Models opened from their files, to predict with: what a page or a server needs that does not train.
 *
 * @module retrograd/predict
 */
export type { Bytes } from '../base/as-bytes.ts';
export type { Shape } from '../base/tensor.ts';
export type { Source } from '../data/bytes.ts';
export type { TableRow } from '../data/table-rows.ts';
export type { Device, DeviceInfo, DeviceOptions } from '../engine/device.ts';
export type { LayerActivation } from '../nn/layers/layer.ts';
export type { Model, NamedOutputs, Predictions } from '../nn/model.ts';
export type { Summary } from '../nn/summary.ts';
export type { Pixels } from '../platform/image-decoder.ts';
export type { EvaluateOptions, Evaluation } from '../train/evaluate.ts';
export { openDevice } from './open-device.ts';
export { type OpenModelOptions, openModel } from './open-model.ts';
export type { Classified, InputSamples, Predictor, RawSamples } from './predictor.ts';
