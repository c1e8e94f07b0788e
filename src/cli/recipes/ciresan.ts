/**
 * Cireşan, Meier, Gambardella, Schmidhuber, "Deep, big, simple neural nets for handwritten digit recognition", Neural
 * Computation 22 (12), 2010, arXiv 1003.0358.
 */
import { dense, tanh } from '../../nn/layers/index.ts';
import { sequential } from '../../nn/model.ts';
import { annealed, type Recipe } from './recipe.ts';

/** The largest network of the paper, 12.1 million weights: a matter for a GPU. */
export const ciresan2010: Recipe = {
  source: 'Cireşan et al. 2010: 2500-2000-1500-1000-500 hidden units, elastic and affine distortion',
  published: { error: 0.35, note: 'after training' },
  model: sequential([784], [...[2500, 2000, 1500, 1000, 500].map((units) => dense(units, tanh)), dense(10)]),
  ...annealed({ from: 3e-4, to: 3e-7, batch: 100, epochs: 800 }),
  fit: { augment: { elastic: { alpha: 36, sigma: 5.5 }, rotate: 15, scale: 0.175, shear: 7.5 } },
  figure: 'last',
  differs: 'batches of 100 instead of single images, Adam, unscaled tanh, digits 1 and 7 rotated as far as the others',
};
