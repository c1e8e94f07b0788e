/** Weights as files of several formats, and from them. What a format needs is loaded when it is asked for. */
import { DataError, formatSafetensors, parseSafetensors, type Tensor } from 'retrograd';
import type { DatasetPair } from 'retrograd/data';
import { zipEntries } from '../../../../src/data/zip.ts';
import type { WeightFormat } from './weight-formats.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A net as `save` wrote it, in another format; the folder for PyTorch has the data to go on with, if they are given. */
export async function weightFileOf(saved: Bytes, format: WeightFormat, data?: DatasetPair): Promise<Bytes> {
  if (format === 'safetensors') return saved;
  if (format === 'onnx') return (await import('retrograd/onnx')).toOnnx(saved);
  const [{ exportPyTorch }, { strToU8, zipSync }] = await Promise.all([import('retrograd/pytorch'), import('fflate')]);
  const files = await exportPyTorch(saved, data && { train: data.train, test: data.test });
  const bytes = Object.entries(files).map(([name, content]) => [
    `retrograd/${name}`,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  return zipSync(Object.fromEntries(bytes)) as Bytes;
}

/** Where a folder for PyTorch has the weights, alone or in another folder. */
const IN_FOLDER = /(^|\/)weights\.safetensors$/;
/** Bytes of the files in an archive. */
const MOST_BYTES = 2 ** 28;

/**
 * The safetensors file in a folder for PyTorch that is packed, or one of the weights in an ONNX file. Any other file as it is: what
 * reads it says what is wrong with it. `save` gives the net that the weights are for. Throws DataError for an ONNX file of another.
 */
export async function asSafetensors(file: File, save: () => Promise<Bytes>): Promise<File> {
  const { name } = file;
  if (/\.onnx$/i.test(name)) return new File([await fromOnnxFile(file, await save())], name);
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (String.fromCharCode(...start) !== 'PK') return file;
  const entries = zipEntries(new Uint8Array(await file.arrayBuffer()), name, MOST_BYTES);
  const weights = entries.find((entry) => IN_FOLDER.test(entry.name));
  return weights ? new File([await weights.read()], name) : file;
}

/** Mean and deviation of inputs: they are of the data here, not of those of the file. */
const isScaling = (key: string): boolean => /\.(mean|std)$/.test(key);

/** Layers may have other numbers in the file, so weights go by their order and shapes. */
async function fromOnnxFile(file: File, saved: Bytes): Promise<Bytes> {
  const { fromOnnx } = await import('retrograd/onnx');
  const { parameters } = await fromOnnx(await file.arrayBuffer());
  const here = parseSafetensors(saved).tensors;
  const keys = Object.keys(here).filter((key) => !isScaling(key));
  const found = Object.entries(parameters).flatMap(([key, tensor]) => (isScaling(key) ? [] : tensor));
  const shapes = (tensors: readonly Tensor[]) => tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');
  const wanted = shapes(keys.map((key) => here[key]));
  if (shapes(found) !== wanted)
    throw new DataError(
      `${file.name}: expected weights of shapes ${wanted}, as the network here has, found ${shapes(found)}`,
    );
  return formatSafetensors({ ...here, ...Object.fromEntries(keys.map((key, i) => [key, found[i]])) });
}
