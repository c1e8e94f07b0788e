/** Everything of `retrograd/data`. */
export { type ArraysOptions, fromArrays } from './arrays.ts';
export type { OnProgress, Progress, ReadLimits, Source } from './bytes.ts';
export { batch, type Dataset, type DatasetPair, type Field, take } from './dataset.ts';
export { type DigitsOptions, digits } from './digits.ts';
export { type Idx, parseIdx, readIdx } from './idx.ts';
export { fashionMnist, type IdxSources, type MnistOptions, mnist } from './mnist.ts';
