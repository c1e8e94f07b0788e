/**
 * Data sets: built-in ones, arrays of your own, IDX and CSV files, and sources that are larger than the memory.
 *
 * @module retrograd/data
 */
export type { Bytes } from '../base/as-bytes.ts';
export type { Pixels } from '../platform/image-decoder.ts';
export type { TargetOptions } from './array-fields.ts';
export {
  type ArraysOptions,
  fromArrays,
  type InputArray,
  type NamedArraysOptions,
  type TargetArray,
} from './arrays.ts';
export type { Source } from './bytes.ts';
export { concat } from './concat.ts';
export { type CsvOptions, csv } from './csv.ts';
export type { Column } from './csv-table.ts';
export type { Dataset, DatasetIdentity, DatasetPair, Field, FieldPart } from './dataset.ts';
export type { SourceOptions } from './described.ts';
export { type DigitsOptions, digits } from './digits.ts';
export { type EmnistOptions, emnist } from './emnist.ts';
export { type BatchSource, fromBatches } from './from-batches.ts';
export { fromSamples, type SampleSource } from './from-samples.ts';
export type { Batch } from './given-samples.ts';
export { type Idx, parseIdx, readIdx } from './idx.ts';
export type { ImageSize } from './image-bytes.ts';
export type { ImagesSource } from './image-folders.ts';
export { type ImagesOptions, type ImagesProgress, images, type SkippedImage } from './images.ts';
export { fashionMnist, type IdxSources, type MnistOptions, mnist } from './mnist.ts';
export { type Npy, type NpyData, npy } from './npy.ts';
export { npz } from './npz.ts';
export { type OpenCsvOptions, openCsv } from './open-csv.ts';
export { type OpenIdxOptions, openIdx } from './open-idx.ts';
export { type ImageLimits, type ReadImageOptions, readImage } from './read-image.ts';
export type { OnProgress, Progress, ReadLimits } from './read-options.ts';
export { batch, take } from './samples.ts';
export { type SplitOptions, split } from './split.ts';
export { type Statistics, statistics } from './statistics.ts';
export type { StreamedDataset, StreamedField } from './streamed.ts';
export type { CategoryColumn, NumberColumn, TableColumn } from './table-columns.ts';
export type { Cell, TableRow } from './table-rows.ts';
export { withTargets } from './with-targets.ts';
