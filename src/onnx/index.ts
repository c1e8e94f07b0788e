/**
 * Nets as ONNX files, for other programs that run or change them, and from them.
 *
 * @module retrograd/onnx
 */
export type { Bytes } from '../base/as-bytes.ts';
export { type Savable, type ToOnnxOptions, toOnnx } from './export/to-onnx.ts';
export { type FromOnnxOptions, fromOnnx, type ImportedModel } from './import/from-onnx.ts';
