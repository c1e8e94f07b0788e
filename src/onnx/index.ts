/**
 * Nets as ONNX files, for other programs that run or change them.
 *
 * @module retrograd/onnx
 */
export type { Bytes } from '../base/as-bytes.ts';
export { type Savable, type ToOnnxOptions, toOnnx } from './export/to-onnx.ts';
