import type { Experiment, Side } from './experiment.ts';
import { fraction, lastValue, share } from './measures.ts';

const side = (title: string, learningRate: number): Side => ({
  title: `${title}: ${learningRate}`,
  net: ({ sequential, dense, leakyRelu, softmaxCrossEntropy, sgd }) => ({
    model: sequential([784], [dense(30, leakyRelu), dense(10)]),
    options: { batch: 20, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate }) },
    // Keeps what is needed to say where it began.
    fit: { onNonFinite: 'stop' },
  }),
});

export const rates: Experiment = {
  id: 'rates',
  title: 'Steps too short, right, too long',
  text: [
    'The [learning rate] says how far a [step] moves the [weight|weights], and the four [network|networks] differ in nothing else.',
    'With short steps learning is slow; with long ones the weights jump past their goal and back.',
    'In the last network every jump is longer than the one before, until the numbers are too large for the machine: training stops, and says where it happened.',
  ],
  why: 'Along a direction in which the loss has the curvature λ, a step of gradient descent multiplies the distance to the minimum by 1 − η λ. That is small for η near 1/λ, and larger than 1 in magnitude for η > 2/λ: the distance grows with every step, to Infinity and NaN. The library watches every step for them on the device, and a NonFiniteError names the step, the layer and the tensor.',
  sides: [side('Too short', 0.0005), side('Right', 0.1), side('Too long', 2), side('Far too long', 100)],
  steps: 150,
  every: 5,
  data: ({ digits }, seed) => digits({ train: 500, test: 200, seed }),
  looking:
    async ({ scores }, net, { test }) =>
    () =>
      scores(net, test),
  findings: [
    {
      id: 'stopped',
      of: (courses) => courses[3].stopped?.step ?? Number.NaN,
      shown: (value) => `step ${value}`,
      says: (value, courses) => {
        const { layer, tensor } = courses[3].stopped ?? {};
        return `With a learning rate of 100 the library stops in step ${value}, at the tensor ${tensor} of ${layer}.`;
      },
      claim: { least: 1, most: 20 },
    },
    {
      id: 'short',
      of: ([short, right]) => lastValue(short, 'loss') / lastValue(right, 'loss'),
      shown: fraction,
      says: (value) => `The loss of the right learning rate is ${share(value)} that of the short one.`,
      claim: { least: 2 },
    },
    {
      id: 'long',
      of: ([, right, long]) => lastValue(long, 'loss') / lastValue(right, 'loss'),
      shown: fraction,
      says: (value) => `The loss of the right learning rate is ${share(value)} that of the long one.`,
      claim: { least: 1.3 },
    },
  ],
  pictures: [
    { kind: 'curves', title: 'Loss on test digits', of: 'loss', axis: 'Loss', log: true, most: 1000 },
    { kind: 'curves', title: 'Accuracy on test digits', of: 'accuracy', axis: 'Accuracy', most: 1 },
  ],
};
