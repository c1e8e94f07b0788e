/** The named workloads. */
import { dense, relu, sigmoid } from '../nn/layers/index.ts';
import { lenet } from '../nn/lenet.ts';
import { quadratic, softmaxCrossEntropy } from '../nn/losses/index.ts';
import { sequential } from '../nn/model.ts';
import { adam, sgd } from '../nn/optimizers/index.ts';
import { network } from './network.ts';
import { xorSamples } from './synthetic.ts';
import type { Work } from './work.ts';

/** The workloads that `retrograd bench` measures, by name. */
export const works = {
  /** A small net, as on MNIST. A step has few operations, so its time is that of getting them to the device. */
  'mlp-small': network({
    name: 'mlp-small',
    model: sequential([784], [dense(100, sigmoid), dense(10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    batch: 100,
  }),
  /** The smallest net worth the name: nothing but overhead. */
  xor: network({
    name: 'xor',
    model: sequential([2], [dense(16, sigmoid), dense(1, sigmoid)]),
    loss: quadratic(),
    optimizer: sgd({ learningRate: 1 }),
    batch: 4,
    epoch: 4000,
    data: xorSamples,
  }),
  /** A net whose products fill a GPU. */
  wide: network({
    name: 'wide',
    model: sequential([784], [dense(512, relu), dense(512, relu), dense(512, relu), dense(10)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    batch: 256,
  }),
  /** A small convolutional net, without padding. */
  lenet: network({
    name: 'lenet',
    model: lenet([1, 28, 28], 10, { padding: 0 }),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    batch: 64,
  }),
} satisfies Record<string, Work>;
