// Sequences: a text by the numbers of its words, and an image row by row.
import { data } from '../library.mjs';
import { uniform } from '../random.mjs';
import { digitBatches } from './digits.mjs';
import { initial } from './initial.mjs';

const [batch, batches] = [32, 10];

const shared = {
  kind: 'training',
  loss: 'softmaxCrossEntropy',
  optimizer: { kind: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  batch,
  batches,
  warmUp: 10,
  steps: 100,
  trial: 10,
};

const [length, vocabulary] = [100, 5000];

const classifier = {
  input: [length],
  integers: true,
  layers: [
    { layer: 'embedding', count: vocabulary, units: 32 },
    { layer: 'dense', units: 64, activation: 'relu' },
    { layer: 'dense', units: 2, activation: 'linear' },
  ],
};

const reader = {
  input: [28, 28],
  layers: [
    { layer: 'gru', units: 64 },
    { layer: 'dense', units: 10, activation: 'linear' },
  ],
};

/** Texts with frequent and rare words; their class is whether there are more words of even than of odd numbers. */
function texts() {
  const next = uniform(6);
  const x = Float32Array.from({ length: batch * batches * length }, () => Math.floor(vocabulary * next() ** 3));
  const y = Uint8Array.from({ length: batch * batches }, (_, i) => {
    const odd = x.subarray(i * length, (i + 1) * length).reduce((sum, word) => sum + (word % 2), 0);
    return odd < length / 2 ? 1 : 0;
  });
  const dataset = data.fromArrays({ name: 'texts', x, y, shape: [length], classes: 2 });
  const rows = (i) => Array.from({ length: batch }, (_, k) => i * batch + k);
  return { dataset, batches: Array.from({ length: batches }, (_, i) => data.batch(dataset, rows(i))) };
}

export const sequences = [
  {
    ...shared,
    name: 'embedding',
    title: '100 words of 5000, embedding 32, dense 64-2, ReLU, softmax cross-entropy, Adam 0.001, batch 32',
    model: classifier,
    material: () => ({ ...texts(), parameters: initial(classifier, 5) }),
  },
  {
    ...shared,
    name: 'gru',
    title: '28 rows of 28 pixels, gru 64, 10, softmax cross-entropy, Adam 0.001, batch 32',
    model: reader,
    material: () => ({ ...digitBatches(batch, batches, reader.input), parameters: initial(reader, 5) }),
  },
];
