// Convolutions of other kinds than that of LeNet-5: depthwise ones, of signals, and transposed ones.
import { data } from '../library.mjs';
import { digitBatches } from './digits.mjs';
import { initial } from './initial.mjs';

const [batch, batches] = [32, 10];
const adam = { kind: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const work = (name, title, model, rest) => ({
  name,
  kind: 'training',
  title: `${title}, Adam 0.001, batch ${batch}`,
  model,
  loss: 'softmaxCrossEntropy',
  optimizer: adam,
  batch,
  batches,
  warmUp: 10,
  steps: 100,
  trial: 10,
  material: () => ({ ...digitBatches(batch, batches, model.input), parameters: initial(model, 5) }),
  ...rest,
});

/** Each image is its own target. */
function copies(model) {
  const { dataset, batches: digits } = digitBatches(batch, batches, model.input);
  const x = Float32Array.from(digits.flatMap((one) => [...one.x]));
  const own = data.fromArrays({ name: dataset.name, x, y: x, shape: model.input });
  return { dataset: own, batches: digits.map((one) => ({ x: one.x, y: one.x })), parameters: initial(model, 5) };
}

const separable = {
  input: [1, 28, 28],
  layers: [
    { layer: 'conv2d', filters: 16, kernel: 3, activation: 'relu' },
    { layer: 'depthwise', kernel: 3, stride: 1, padding: 1, activation: 'relu' },
    { layer: 'conv2d', filters: 32, kernel: 1, activation: 'relu' },
    { layer: 'depthwise', kernel: 3, stride: 2, padding: 1, activation: 'relu' },
    { layer: 'conv2d', filters: 32, kernel: 1, activation: 'relu' },
    { layer: 'dense', units: 10, activation: 'linear' },
  ],
};

const signals = {
  input: [1, 784],
  layers: [
    { layer: 'conv1d', filters: 16, kernel: 9, stride: 2, padding: 0, activation: 'relu' },
    { layer: 'conv1d', filters: 16, kernel: 5, stride: 1, padding: 2, activation: 'relu' },
    { layer: 'conv1d', filters: 32, kernel: 5, stride: 4, padding: 0, activation: 'relu' },
    { layer: 'dense', units: 10, activation: 'linear' },
  ],
};

const decoder = {
  input: [1, 28, 28],
  layers: [
    { layer: 'conv2d', filters: 8, kernel: 3, stride: 2, padding: 1, activation: 'relu' },
    { layer: 'conv2d', filters: 16, kernel: 3, stride: 2, padding: 1, activation: 'relu' },
    { layer: 'conv2dTranspose', filters: 8, kernel: 4, stride: 2, padding: 1, activation: 'relu' },
    { layer: 'conv2dTranspose', filters: 1, kernel: 4, stride: 2, padding: 1, activation: 'sigmoid' },
  ],
};

export const convolutions = [
  work(
    'depthwise',
    'conv 3×3×16, twice a depthwise conv 3×3 and a conv 1×1×32, 10, ReLU, softmax cross-entropy',
    separable,
  ),
  work('signal', '784 samples, conv1d 9×16, 5×16, 5×32, 10, ReLU, softmax cross-entropy', signals),
  work('transposed', '28×28, conv 3×3×8, 3×3×16, transposed conv 4×4×8, 4×4×1, ReLU, squared error', decoder, {
    loss: 'squared',
    material: () => copies(decoder),
  }),
];
