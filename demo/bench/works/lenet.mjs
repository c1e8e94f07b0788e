// A small convolutional net: LeNet-5 as other libraries have it in their demos, without padding.
import { digitBatches } from './digits.mjs';
import { initial } from './initial.mjs';

const model = {
  input: [1, 28, 28],
  layers: [
    { layer: 'conv2d', filters: 6, kernel: 5, activation: 'relu' },
    { layer: 'maxPool2d', size: 2 },
    { layer: 'conv2d', filters: 16, kernel: 5, activation: 'relu' },
    { layer: 'maxPool2d', size: 2 },
    { layer: 'dense', units: 120, activation: 'relu' },
    { layer: 'dense', units: 84, activation: 'relu' },
    { layer: 'dense', units: 10, activation: 'linear' },
  ],
};
const [batch, batches] = [64, 10];

export const lenet = {
  name: 'lenet',
  kind: 'training',
  title: 'conv 5×5×6, max pool, conv 5×5×16, max pool, 120-84-10, ReLU, softmax cross-entropy, Adam 0.001, batch 64',
  model,
  loss: 'softmaxCrossEntropy',
  optimizer: { kind: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  batch,
  batches,
  warmUp: 10,
  steps: 100,
  trial: 10,
  material: () => ({ ...digitBatches(batch, batches), parameters: initial(model, 5) }),
};
