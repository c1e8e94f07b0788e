// Two hidden layers of 1024 and plain gradient descent: almost nothing but matrix products.
import { digitBatches } from './digits.mjs';
import { initial } from './initial.mjs';

const hidden = { layer: 'dense', units: 1024, activation: 'relu' };
const model = { input: [784], layers: [hidden, hidden, { layer: 'dense', units: 10, activation: 'linear' }] };
const [batch, batches] = [128, 10];

export const wide1024 = {
  name: 'wide-1024',
  kind: 'training',
  title: '784-1024-1024-10, ReLU, softmax cross-entropy, SGD 0.05, batch 128',
  model,
  loss: 'softmaxCrossEntropy',
  optimizer: { kind: 'sgd', learningRate: 0.05 },
  batch,
  batches,
  warmUp: 10,
  steps: 100,
  trial: 5,
  material: () => ({ ...digitBatches(batch, batches), parameters: initial(model, 4) }),
};
