/** A net as an ONNX file: what `net.predict` computes. */
import { checkFlag, checkKeys, isList, member } from '../../base/arguments.ts';
import type { Bytes } from '../../base/as-bytes.ts';
import { DataError } from '../../base/errors.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { indented, showValue } from '../../base/show-value.ts';
import { parametersOf } from '../../nn/model.ts';
import { parseChecked } from '../../saved/checksums.ts';
import { MODEL } from '../../saved/model-text.ts';
import { readModel } from '../../saved/read-model.ts';
import { fileOf, type Savable } from '../../saved/savable.ts';
import { checkWeights } from '../../saved/weights.ts';
import { modelFields } from '../messages.ts';
import { encode } from '../protobuf/writer.ts';
import { messageOf } from './message.ts';

/** Options of {@link toOnnx}. */
export interface ToOnnxOptions {
  /**
   * Whether each `batchNorm` directly after a layer with weights and no activation becomes part of these weights. Programs
   * that run ONNX files usually do that by themselves. Default: false.
   */
  foldBatchNorm?: boolean;
  /** Whether the outputs are those of the model, without the softmax or sigmoid of a loss on logits. Default: false. */
  logits?: boolean;
  /**
   * Whether samples go in as they were in the data set of training, such as bytes from 0 to 255. If not, they are the floats that
   * the model sees. Default: true.
   */
  raw?: boolean;
}

/**
 * Writes a net as an [ONNX](https://onnx.ai) file, which onnxruntime and many other programs run. It computes what `net.predict` does,
 * with the averaged weights of a net with `average`.
 *
 * The inputs are `[N, ...sample]` for any N: one called `input`, or those of a model of several inputs by their names. They take
 * samples as they were in the data set of training: bytes for a set of bytes, and whole numbers in 64 bits for `embedding`.
 * The outputs are `[N, ...]`: one called `output`, or those of the model by their names. The file needs opset 17. In its metadata it has
 * the names of the classes, the columns of a table, and the numbers of `standardize`.
 *
 * @param net A `Trainer`, or the bytes of a file of `Trainer.save`.
 * @param options What is written.
 * @returns The bytes of the file.
 * @throws {ArgumentError} For anything but a net or bytes, an invalid option, or a file of 2 GiB or more.
 * @throws {DataError} For bytes that are no file of a net, and for activations from `pointwise`: they are WGSL, which has no
 * place in an ONNX file.
 * @throws {NonFiniteError} For a parameter that is NaN or infinite.
 */
export async function toOnnx(net: Savable | Bytes, options: ToOnnxOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  checkKeys('toOnnx', options, ['foldBatchNorm', 'logits', 'raw']);
  for (const [name, value] of Object.entries(options)) if (value !== undefined) checkFlag(`toOnnx: ${name}`, value);
  return onnxOf(await fileOf(net, 'toOnnx', { weightsOnly: true }), 'toOnnx: net', options);
}

/** The same of a file, called so in errors. */
export async function onnxOf(file: Bytes, where: string, options: ToOnnxOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { foldBatchNorm = false, logits = false, raw = true } = options;
  const { tensors, metadata } = parseChecked(file, where);
  checkActivations(metadata[MODEL], where);
  const saved = await readModel(metadata[MODEL], where);
  checkWeights(parametersOf(saved.model), tensors, where);
  return encode(modelFields, messageOf(saved, tensors, { foldBatchNorm, logits, raw }), where);
}

/** Throws DataError for a model with activations of the user's own, naming each layer that has one. */
function checkActivations(text: string | undefined, where: string): void {
  const layers = member(parseJson(text ?? ''), 'layers');
  const wrong = (isList(layers) ? layers : []).flatMap((layer, i) => {
    const activation = member(layer, 'activation');
    if (!isObject(activation)) return [];
    return [`layer ${i}, ${member(layer, 'layer')}: activation ${showValue(activation.name)}`];
  });
  if (wrong.length === 0) return;
  throw new DataError([
    `${where}: expected activations of the library, as an ONNX file has no place for the WGSL of pointwise(); found`,
    ...indented(wrong),
  ]);
}
