/**
 * Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to visual document analysis",
 * ICDAR 2003, table 1.
 */
import { dense, relu } from '../layers/index.ts';
import { softmaxCrossEntropy } from '../losses.ts';
import { sequential } from '../model.ts';
import { adam } from '../optim.ts';
import type { Recipe } from './recipe.ts';

export const simard800: Recipe = {
  source: 'Simard et al. 2003: 800 hidden units, cross-entropy, no distortion',
  published: { error: 1.6, note: 'after training' },
  model: sequential([784], [dense(800, relu), dense(10)]),
  training: { batch: 100, loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.001 }) },
  epochs: 20,
  figure: 'last',
  differs: 'ReLU and Adam',
};
