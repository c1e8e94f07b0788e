// The smallest net there is: nothing but the cost of a step.
import { data } from '../library.mjs';
import { initial } from './initial.mjs';

const model = {
  input: [2],
  layers: [
    { layer: 'dense', units: 16, activation: 'sigmoid' },
    { layer: 'dense', units: 1, activation: 'sigmoid' },
  ],
};
const x = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1);
const y = Float32Array.of(0, 1, 1, 0);

export const xor = {
  name: 'xor',
  kind: 'training',
  title: '2-16-1, sigmoid, squared error, SGD 1, batch 4',
  model,
  loss: 'squared',
  optimizer: { kind: 'sgd', learningRate: 1 },
  batch: 4,
  batches: 1,
  warmUp: 10,
  steps: 2000,
  trial: 200,
  material: () => ({
    dataset: data.fromArrays({ name: 'xor', x, y, shape: [2] }),
    batches: [{ x, y }],
    parameters: initial(model, 3),
  }),
};
