/**
 * LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86 (11), 1998,
 * figure 9.
 */
import { dense, sigmoid, tanh } from '../layers/index.ts';
import { quadratic } from '../losses.ts';
import { sequential } from '../model.ts';
import { sgd } from '../optim.ts';
import type { Recipe } from './recipe.ts';

const training = { batch: 10, loss: quadratic(), optimizer: sgd({ learningRate: 0.3 }) };
const differs = 'sigmoid outputs for targets of 0 and 1, plain SGD at a constant rate, images as they are';

export const lecun300: Recipe = {
  source: 'LeCun et al. 1998: 300 hidden units, mean squared error',
  published: { error: 4.7, note: 'after training' },
  model: sequential([784], [dense(300, tanh), dense(10, sigmoid)]),
  training,
  epochs: 20,
  figure: 'last',
  differs,
};

export const lecun300x100: Recipe = {
  source: 'LeCun et al. 1998: 300 + 100 hidden units, mean squared error',
  published: { error: 3.05, note: 'after training' },
  model: sequential([784], [dense(300, tanh), dense(100, tanh), dense(10, sigmoid)]),
  training,
  epochs: 20,
  figure: 'last',
  differs,
};
