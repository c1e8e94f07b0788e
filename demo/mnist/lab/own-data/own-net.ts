/** The nets of the tab of one's own data. */
import {
  compile,
  conv2d,
  type Dataset,
  type Device,
  dense,
  flatten,
  type Layer,
  type Model,
  maxPool2d,
  meanSquared,
  sequential,
  softmaxCrossEntropy,
  standardize,
  type Trainer,
} from 'retrograd';
import { statistics } from 'retrograd/data';
import type { ActivationName, OptimizerName } from '../../config.ts';
import { activations, optimizers } from '../choices.ts';
import type { OwnSettings } from './own-protocol.ts';

/** Mean and deviation of targets that are numbers. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** Undefined where the targets are classes. */
export function spreadOf({ targets: { kind, data } }: Dataset): Spread | undefined {
  if (kind !== 'values') return undefined;
  const numbers = Array.from(data);
  const meanOf = (of: (value: number) => number) => numbers.reduce((sum, value) => sum + of(value), 0) / numbers.length;
  const mean = meanOf((value) => value);
  return { mean, deviation: Math.sqrt(meanOf((value) => (value - mean) ** 2)) || 1 };
}

/** The inputs are brought to mean 0 and deviation 1 first, by the samples to train on. */
export function modelFor(train: Dataset, { isConvolutional, hidden, activation }: OwnSettings): Model {
  const spread = spreadOf(train);
  const isPicture = train.shape.length === 3;
  return sequential(train.shape, [
    standardize(statistics(train)),
    ...(isPicture && isConvolutional ? convolutions(activation) : []),
    ...(isPicture ? [flatten()] : []),
    ...hidden.map((units) => dense(units, activations[activation])),
    dense(train.targets.size),
    ...(spread ? [inUnits(spread)] : []),
  ]);
}

export function compileFor(train: Dataset, settings: OwnSettings, device: Device | 'cpu'): Promise<Trainer> {
  const { optimizer, learningRate, seed } = settings;
  const spread = spreadOf(train);
  return compile(modelFor(train, settings), {
    device,
    batch: batchFor(train, settings),
    seed,
    loss: spread ? meanSquared() : softmaxCrossEntropy(),
    optimizer: optimizers[optimizer]({ learningRate: rateFor(learningRate, optimizer, spread) }),
    tune: 'off', // kernels so small have little to choose
  });
}

/** Two of them, each with a pooling that halves the sides. */
const convolutions = (activation: ActivationName): Layer[] => [
  conv2d(8, 3, activations[activation], { padding: 'same' }),
  maxPool2d(2),
  conv2d(16, 3, activations[activation], { padding: 'same' }),
  maxPool2d(2),
];

/** Few samples make a smaller batch. */
export const batchFor = (train: Dataset, { batch }: OwnSettings): number => Math.min(batch, train.count);

/** Turns numbers of mean 0 and deviation 1 into those of the targets, so that files of the net predict in their units. */
const inUnits = ({ mean, deviation }: Spread): Layer =>
  standardize({ mean: -mean / deviation, deviation: 1 / deviation });

/** Those whose steps do not depend on the size of the gradients. */
const scaleFree: readonly OptimizerName[] = ['adam', 'adamw', 'rmsprop'];

/**
 * Squared errors in the units of the target, and their gradients, are deviation² times those of targets of deviation 1. With this
 * rate the steps are the same as for such targets.
 */
export const rateFor = (rate: number, optimizer: OptimizerName, spread: Spread | undefined): number =>
  spread && !scaleFree.includes(optimizer) ? rate / spread.deviation ** 2 : rate;
