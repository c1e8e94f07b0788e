/**
 * Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to visual document analysis",
 * ICDAR 2003, table 1.
 */
import { dense, relu } from '../../nn/layers/index.ts';
import { sequential } from '../../nn/model.ts';
import { annealed, type Recipe } from './recipe.ts';

const model = sequential([784], [dense(800, relu), dense(10)]);
const differs = 'ReLU, Adam, cosine learning-rate schedule';

export const simard800: Recipe = {
  source: 'Simard et al. 2003: 800 hidden units, cross-entropy, no distortion',
  published: { error: 1.6, note: 'after training' },
  model,
  ...annealed({ from: 0.001, batch: 100, epochs: 20 }),
  figure: 'last',
  differs,
};

export const simard800Elastic: Recipe = {
  source: 'Simard et al. 2003: 800 hidden units, cross-entropy, elastic distortion',
  published: { error: 0.7, note: 'after training' },
  model,
  ...annealed({ from: 0.001, batch: 100, epochs: 40 }),
  fit: { augment: { elastic: { alpha: 34, sigma: 4 } } },
  figure: 'last',
  differs,
};
