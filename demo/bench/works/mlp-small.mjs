// The first net everybody trains: one hidden layer of 100 sigmoids on digits.
import { digitBatches } from './digits.mjs';
import { initial } from './initial.mjs';

const model = {
  input: [784],
  layers: [
    { layer: 'dense', units: 100, activation: 'sigmoid' },
    { layer: 'dense', units: 10, activation: 'linear' },
  ],
};
const [batch, batches] = [100, 10];

export const mlpSmall = {
  name: 'mlp-small',
  kind: 'training',
  title: '784-100-10, sigmoid, softmax cross-entropy, SGD 0.5, batch 100',
  model,
  loss: 'softmaxCrossEntropy',
  optimizer: { kind: 'sgd', learningRate: 0.5 },
  batch,
  batches,
  warmUp: 10,
  steps: 100,
  trial: 50,
  material: () => ({ ...digitBatches(batch, batches), parameters: initial(model, 1) }),
};
