/**
 * Nets as ONNX files, for other programs that run or change them, and from them.
 *
 * @module retrograd/onnx
 */
export type { Bytes } from '../base/as-bytes.ts';
export type { Savable } from '../saved/savable.ts';
export { type ToOnnxOptions, toOnnx } from './export/to-onnx.ts';
export { type FromOnnxOptions, fromOnnx, type ImportedModel } from './import/from-onnx.ts';
