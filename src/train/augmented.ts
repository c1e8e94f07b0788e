/** Applies augmentation to samples on the CPU, to look at the result. */
import { checkCount, checkKeys, checkNumber } from '../base/arguments.ts';
import { checkSeed, stepKey } from '../base/random.ts';
import { toSamples } from '../base/tensor.ts';
import { checkedDataset } from '../data/checked-dataset.ts';
import type { Dataset } from '../data/dataset.ts';
import { find } from '../graph/graph.ts';
import { evaluate } from '../graph/reference.ts';
import { stepRow } from '../graph/step-row.ts';
import { type AugmentOptions, augmentationOf } from './augmentation.ts';
import { batchRow } from './batches.ts';
import { feedGraph } from './graphs.ts';

/**
 * Augments images on the CPU, to look at: the first `count` samples of a data set as one training step would see them.
 *
 * @param augment What `fit` takes as `augment`.
 * @param options.count Samples, a positive integer. Default: 1.
 * @param options.seed Seed of the net. Default: 0.
 * @param options.step Number of the step, counted from 0. Default: 0.
 * @returns Images `[count][features]`, with the random numbers that the GPU draws, computed in f64.
 * @throws {ArgumentError} For an option out of its range, or samples that are not images.
 * @throws {DataError} For an invalid data set made by hand.
 */
export function augmented(
  dataset: Dataset,
  augment: AugmentOptions,
  options: { count?: number; seed?: number; step?: number } = {},
): Float32Array {
  checkKeys('augmented', options, ['count', 'seed', 'step']);
  const { count = 1, seed = 0, step = 0 } = options;
  checkCount('augmented: count', count);
  checkNumber('augmented: step', step, 'an integer ≥ 0', (value) => Number.isInteger(value) && value >= 0);
  checkSeed(seed, 'augmented: seed');
  const samples = checkedDataset(dataset, 'augmented');
  const { shape, inputs, targets } = samples;
  const n = Math.min(count, samples.count);
  const augmentation = augmentationOf(augment, samples, shape, 'augmented');
  const graph = feedGraph(samples, n, augmentation);
  const stored = new Map([
    ['xData', inputs.data],
    ['yData', targets.data],
  ]);
  const values = evaluate(graph, {
    step: stepRow({ ...batchRow(samples, n, 0), random: stepKey(seed, step) }),
    leaf: (node) => ({ shape: node.shape, data: stored.get(node.name)! }),
  });
  return toSamples(values.get(find(graph, 'x')!)!.data, inputs.size, n, n);
}
