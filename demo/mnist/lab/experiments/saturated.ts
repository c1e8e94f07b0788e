import type { Course, Experiment, Side } from './experiment.ts';
import { times } from './measures.ts';

/** Steps until the mean error has halved; those trained so far where it has not. */
const stepsToHalf = ({ looks }: Course): number => {
  const start = looks[0].values.error[0];
  return (looks.find(({ values }) => values.error[0] < start / 2) ?? looks[looks.length - 1]).step;
};

/** All ten outputs begin at z = 4: each says "yes, this is my digit" with 98 %. */
const SURE = 4;

const side = (title: string, cost: 'quadratic' | 'cross-entropy'): Side => ({
  title,
  net: ({ sequential, dense, sigmoid, linear, constant, quadratic, sigmoidCrossEntropy, sgd }) => ({
    model: sequential(
      [784],
      [dense(30, sigmoid), dense(10, cost === 'quadratic' ? sigmoid : linear, { biasInit: constant(SURE) })],
    ),
    options: {
      batch: 20,
      loss: cost === 'quadratic' ? quadratic() : sigmoidCrossEntropy(),
      optimizer: sgd({ learningRate: 0.05 }),
    },
  }),
});

export const saturated: Experiment = {
  id: 'saturated',
  title: 'Wrong, sure, and slow to learn',
  text: [
    'Both [network|networks] begin badly: whatever the picture, they say "yes" to all ten digits, and are sure of it.',
    'You would expect them to learn fast, since they are so wrong, but the first one hardly moves.',
    'The two differ in one thing only: how they count what is wrong, their [loss].',
  ],
  why: 'With the quadratic cost the error of an output is δ = (a − y) σ′(z), and σ′(z) is almost 0 where the sigmoid is flat: at z = 4 it is 0.018. Cross-entropy divides by just that slope, so that δ = a − y: the more wrong, the faster.',
  sides: [side('Quadratic cost', 'quadratic'), side('Cross-entropy', 'cross-entropy')],
  steps: 160,
  every: 4,
  data: ({ digits }, seed) => digits({ train: 500, test: 100, seed }),
  looking: async ({ observe, first, norm }, net, { train, test }) => {
    const { x, y } = first(test, test.count);
    const observer = await observe(net, x, ['prediction']);
    const sample = first(train, 20);
    return async () => {
      const { prediction } = await observer.read(); // [10, n]
      const [classes, n] = prediction.shape;
      const errors = prediction.data.map((a, i) => Math.abs(a - y[(i % n) * classes + Math.floor(i / n)]));
      const { delta2 } = await net.tensors(sample.x, sample.y);
      return { error: [errors.reduce((a, b) => a + b, 0) / errors.length], delta: [norm(delta2)] };
    };
  },
  findings: [
    {
      id: 'steps',
      of: ([quadratic, cross]) => stepsToHalf(quadratic) / stepsToHalf(cross),
      shown: times,
      says: (value) =>
        `The quadratic cost takes ${times(value)} as many steps as cross-entropy to halve the mean error of an output.`,
      claim: { least: 5 },
    },
    {
      id: 'delta',
      of: (courses) => {
        const [quadratic, cross] = courses.map(({ looks }) => looks[0].values.delta[0]);
        return cross / quadratic;
      },
      shown: (value) => `1/${value.toFixed(0)}`,
      says: (value) =>
        `At the first step, the error δ that outputs hand back is 1/${value.toFixed(0)} as large with the quadratic cost.`,
      claim: { least: 20 },
    },
  ],
  pictures: [
    { kind: 'curves', title: 'Mean error of an output, |a − y|', of: 'error', axis: 'Mean error' },
    { kind: 'curves', title: 'What the outputs hand back, |δ|', of: 'delta', axis: '|δ|', log: true },
  ],
};
