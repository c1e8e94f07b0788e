// Three hidden layers of 512: enough arithmetic that kernels count, not calls.
import { digitBatches } from './digits.mjs';
import { initial } from './initial.mjs';

const hidden = { layer: 'dense', units: 512, activation: 'relu' };
const model = {
  input: [784],
  layers: [hidden, hidden, hidden, { layer: 'dense', units: 10, activation: 'linear' }],
};
const [batch, batches] = [256, 10];

export const wide = {
  name: 'wide',
  kind: 'training',
  title: '784-512-512-512-10, ReLU, softmax cross-entropy, Adam 0.001, batch 256',
  model,
  loss: 'softmaxCrossEntropy',
  optimizer: { kind: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  batch,
  batches,
  warmUp: 10,
  steps: 100,
  trial: 5,
  material: () => ({ ...digitBatches(batch, batches), parameters: initial(model, 2) }),
};
