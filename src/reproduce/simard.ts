/**
 * Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to visual document analysis",
 * ICDAR 2003, table 1.
 */
import { dense, relu } from '../layers/index.ts';
import { cosineDecay, updatesIn } from '../learning-rate.ts';
import { softmaxCrossEntropy } from '../losses.ts';
import { sequential } from '../model.ts';
import { adam } from '../optim.ts';
import type { Recipe } from './recipe.ts';

const model = sequential([784], [dense(800, relu), dense(10)]);
/** With a rate that falls to 0 over so many epochs. */
const training = (epochs: number): Recipe['training'] => ({
  batch: 100,
  loss: softmaxCrossEntropy(),
  optimizer: adam({
    learningRate: cosineDecay({ from: 0.001, steps: updatesIn({ count: 60_000 }, { batch: 100, epochs }) }),
  }),
});
const differs = 'ReLU, Adam, a rate that falls along a cosine';

export const simard800: Recipe = {
  source: 'Simard et al. 2003: 800 hidden units, cross-entropy, no distortion',
  published: { error: 1.6, note: 'after training' },
  model,
  training: training(20),
  epochs: 20,
  figure: 'last',
  differs,
};

export const simard800Elastic: Recipe = {
  source: 'Simard et al. 2003: 800 hidden units, cross-entropy, elastic distortion',
  published: { error: 0.7, note: 'after training' },
  model,
  training: training(40),
  fit: { augment: { elastic: { alpha: 34, sigma: 4 } } },
  epochs: 40,
  figure: 'last',
  differs,
};
