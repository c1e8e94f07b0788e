/**
 * LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86 (11), 1998,
 * figure 9.
 */
import { dense, sigmoid, tanh } from '../../nn/layers/index.ts';
import { lenet } from '../../nn/lenet.ts';
import { quadratic } from '../../nn/losses/index.ts';
import { sequential } from '../../nn/model.ts';
import { sgd } from '../../nn/optimizers/index.ts';
import { annealed, type Recipe } from './recipe.ts';

const training = { batch: 20, loss: quadratic(), optimizer: sgd({ learningRate: 0.5 }) };
const differs = 'sigmoid outputs for targets of 0 and 1, plain SGD at a constant learning rate, unchanged images';

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

const lenetDiffers = 'ReLU, max pooling, full connections between feature maps, softmax and cross-entropy, Adam';

export const lenet5: Recipe = {
  source: 'LeCun et al. 1998: LeNet-5',
  published: { error: 0.95, note: 'after 20 epochs' },
  model: lenet([1, 28, 28], 10),
  ...annealed({ from: 0.002, batch: 64, epochs: 20 }),
  figure: 'last',
  differs: lenetDiffers,
};

export const lenet5Distorted: Recipe = {
  source: 'LeCun et al. 1998: LeNet-5, with distorted images',
  published: { error: 0.8, note: 'after training' },
  model: lenet([1, 28, 28], 10),
  ...annealed({ from: 0.002, batch: 64, epochs: 40 }),
  fit: { augment: { shift: 2, scale: 0.15, shear: 15 } },
  figure: 'last',
  differs: `${lenetDiffers}; other ranges of distortion`,
};
