/** Michael Nielsen, "Neural Networks and Deep Learning", Determination Press 2015, neuralnetworksanddeeplearning.com. */
import { normal } from '../../nn/initialisers.ts';
import { conv2d, dense, dropout, maxPool2d, relu, sigmoid } from '../../nn/layers/index.ts';
import { quadratic, sigmoidCrossEntropy, softmaxCrossEntropy } from '../../nn/losses/index.ts';
import { sequential } from '../../nn/model.ts';
import { sgd } from '../../nn/optimizers/index.ts';
import type { Recipe } from './recipe.ts';

/** The book keeps the last 10,000 of the training images for validation. */
const samples = 50_000;
/** Weights and biases are N(0, 1): the book calls them large. */
const large = { init: normal(), biasInit: normal() };

/** Chapter 1: the first network of the book. */
export const nielsen30: Recipe = {
  source: 'Nielsen 2015, chapter 1: 784-30-10, quadratic loss',
  published: { error: 4.58, note: 'best of 30 epochs' },
  model: sequential([784], [dense(30, sigmoid, large), dense(10, sigmoid, large)]),
  training: { batch: 10, loss: quadratic(), optimizer: sgd({ learningRate: 3 }) },
  epochs: 30,
  samples,
  figure: 'best',
  differs: 'nothing known',
};

/** Chapter 3: λ = 5 of the book is divided by the number of training images, and leaves biases alone. */
export const nielsen100: Recipe = {
  source: 'Nielsen 2015, chapter 3: 784-100-10, cross-entropy, L2 with λ = 5',
  published: { error: 2.08, note: 'after 30 epochs, on the validation images' },
  model: sequential([784], [dense(100, sigmoid, large), dense(10, undefined, large)]),
  training: {
    batch: 10,
    loss: sigmoidCrossEntropy(),
    optimizer: sgd({ learningRate: 0.5, weightDecay: 5 / samples, decayed: 'weights' }),
  },
  epochs: 30,
  samples,
  figure: 'last',
  differs: 'tested on the test images',
};

/** Chapter 6: the last single network of the book. */
export const nielsenConvolutional: Recipe = {
  source: 'Nielsen 2015, chapter 6: two convolutions, two layers of 1,000 units, dropout, images shifted by one pixel',
  published: { error: 0.4, note: 'on the test images, after the best of 40 epochs in validation' },
  model: sequential(
    [1, 28, 28],
    [
      conv2d(20, 5, relu),
      maxPool2d(2),
      conv2d(40, 5, relu),
      maxPool2d(2),
      dropout(0.5),
      dense(1000, relu),
      dropout(0.5),
      dense(1000, relu),
      dropout(0.5),
      dense(10),
    ],
  ),
  training: { batch: 10, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.03 }) },
  fit: { augment: { shift: 1 } },
  epochs: 200,
  samples,
  figure: 'last',
  differs:
    'random shifts of up to one pixel in 200 epochs instead of 40 epochs on five times as many images; He initialisation',
};
