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
  type Tensor,
  type Trainer,
  tanh,
  xavier,
} from 'retrograd';
import { batch, type Dataset, digits, fromArrays, take } from 'retrograd/data';

/** All values the same. */
const constant = (value: number): Initialiser => ({ kind: 'ones', scale: () => value });

/** The first samples of a data set, as `predict`, `observe` and `tensors` take them. */
const first = (dataset: Dataset, count: number) =>
  batch(
    dataset,
    Array.from({ length: count }, (_, i) => i),
  );

/** |x|, the root of the sum of the squares. */
const norm = ({ data }: Tensor): number => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));

/** Norms of the tensors of each layer, from the first: `delta1`, `delta2`, ... */
const normsByLayer = (tensors: Readonly<Record<string, Tensor>>, name: string): number[] =>
  Object.keys(tensors)
    .filter((key) => new RegExp(`^${name}\\d+$`).test(key))
    .sort((a, b) => Number(a.slice(name.length)) - Number(b.slice(name.length)))
    .map((key) => norm(tensors[key]));

/** Loss and accuracy on some samples, each as a value. */
async function scores(net: Trainer, dataset: Dataset): Promise<{ loss: number[]; accuracy: number[] }> {
  const { loss, accuracy } = await net.evaluate(dataset);
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
  normsByLayer,
  observe,
  quadratic,
  relu,
  scores,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  take,
  tanh,
  xavier,
};

export type Tools = typeof tools;
