/** What experiments are made with: the library, and what several of them measure. */
import {
  adam,
  compile,
  dense,
  dropout,
  he,
  type Initialiser,
  leakyRelu,
  linear,
  meanSquared,
  momentum,
  normal,
  observe,
  quadratic,
  relu,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  standardize,
  type Tensor,
  type Trainer,
  tanh,
  xavier,
} from 'retrograd';
import { batch, type Dataset, digits, fromArrays, statistics, take } from 'retrograd/data';
import { normals, uniforms } from '../../../../src/base/random.ts';
import { pointsOf } from '../plane/points.ts';

/** All values the same. */
const constant = (value: number): Initialiser => ({ kind: 'ones', scale: () => value });

/** The first samples of a data set, as `predict`, `observe` and `tensors` take them. */
const first = (dataset: Dataset, count: number) =>
  batch(
    dataset,
    Array.from({ length: count }, (_, i) => i),
  );

/** Samples drawn at random, another lot for each number `draw`. */
const some = (dataset: Dataset, count: number, draw: number) =>
  batch(
    dataset,
    Array.from(uniforms(count, draw, 301), (u) => Math.floor(u * dataset.count)),
  );

/** The standard deviation of all numbers of a tensor. */
function spread({ data }: Tensor): number {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
}

/** How far tensors lie from their mean: the root of the mean of the squared distances. */
function spreadOf(tensors: readonly Tensor[]): number {
  const [{ shape, data }] = tensors;
  const mean = Float32Array.from(data, (_, i) => tensors.reduce((sum, of) => sum + of.data[i], 0) / tensors.length);
  const distances = tensors.map((of) => norm({ shape, data: of.data.map((value, i) => value - mean[i]) }));
  return Math.sqrt(distances.reduce((sum, distance) => sum + distance ** 2, 0) / (tensors.length - 1));
}

/** |x|, the root of the sum of the squares. */
const norm = ({ data }: Tensor): number => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));

/** Norms of the tensors of each layer, from the first: `delta1`, `delta2`, ... */
const normsByLayer = (tensors: Readonly<Record<string, Tensor>>, name: string): number[] =>
  Object.keys(tensors)
    .filter((key) => new RegExp(`^${name}\\d+$`).test(key))
    .sort((a, b) => Number(a.slice(name.length)) - Number(b.slice(name.length)))
    .map((key) => norm(tensors[key]));

/** Loss and accuracy on some samples, each as a value; of a net that diverges too, whose loss may be infinite. */
async function scores(net: Trainer, dataset: Dataset): Promise<{ loss: number[]; accuracy: number[] }> {
  const { loss, accuracy } = await net.evaluate(dataset, { allowNonFinite: true });
  return { loss: [loss], accuracy: [accuracy ?? Number.NaN] };
}

export const tools = {
  adam,
  compile,
  constant,
  dense,
  digits,
  dropout,
  first,
  fromArrays,
  he,
  leakyRelu,
  linear,
  meanSquared,
  momentum,
  norm,
  normal,
  normals,
  normsByLayer,
  observe,
  pointsOf,
  quadratic,
  relu,
  scores,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  some,
  spread,
  spreadOf,
  standardize,
  statistics,
  take,
  tanh,
  xavier,
};

export type Tools = typeof tools;
