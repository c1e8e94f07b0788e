import type { Experiment, Samples, Side } from './experiment.ts';
import { lastValue, percent } from './measures.ts';
import type { Tools } from './tools.ts';

const side = (title: string, isStandardized: boolean): Side => ({
  title,
  net: ({ sequential, dense, tanh, sigmoidCrossEntropy, sgd, standardize, statistics }, { train }) => {
    const first = isStandardized ? [standardize(statistics(train))] : [];
    return {
      model: sequential([2], [...first, dense(8, tanh), dense(1)]),
      options: { batch: 20, loss: sigmoidCrossEntropy(), optimizer: sgd({ learningRate: 0.3 }) },
    };
  },
});

/** Two moons whose first number is in the thousands and whose second is about 50, as a table may have them. */
function moons({ pointsOf, fromArrays }: Tools, seed: number): Samples {
  const points = pointsOf({ data: 'moons', noise: 0.3, share: 50, seed }, []);
  const [train, test] = [points.train, points.test].map((all) =>
    fromArrays({ x: all.map(({ x1, x2 }) => [3000 + 400 * x1, 50 + x2]), y: all.map(({ y }) => [y]) }),
  );
  return { train, test };
}

export const scales: Experiment = {
  id: 'scales',
  title: 'Numbers of very different sizes',
  text: [
    'The [sample|samples] here are rows of a table with two numbers: one in the thousands, the other about fifty.',
    'The first [network] takes them as they are, and learns next to nothing.',
    'The second one first brings both to the same size, with numbers that are computed from the table, not learned.',
  ],
  why: 'A first layer computes z = W x + b. With x in the thousands all |z| are large, tanh is flat, and σ′(z) ≈ 0. And ∂C/∂w = δ x differs by a factor of 60 between the columns, so that no learning rate suits both. (x − mean) / deviation gives every column mean 0 and deviation 1.',
  sides: [side('As they are', false), side('Standardized', true)],
  steps: 200,
  every: 5,
  data: moons,
  looking:
    async ({ scores }, net, { test }) =>
    () =>
      scores(net, test),
  findings: [
    {
      id: 'raw',
      of: ([raw]) => lastValue(raw, 'accuracy'),
      shown: percent,
      says: (value) => `${percent(value)} of the test rows are right with the numbers as they are.`,
      claim: { most: 0.7 },
    },
    {
      id: 'standardized',
      of: ([, standardized]) => lastValue(standardized, 'accuracy'),
      shown: percent,
      says: (value) => `${percent(value)} are right once they are standardized.`,
      claim: { least: 0.85 },
    },
  ],
  pictures: [
    { kind: 'curves', title: 'Loss on test rows', of: 'loss', axis: 'Loss', log: true },
    { kind: 'curves', title: 'Accuracy on test rows', of: 'accuracy', axis: 'Accuracy', most: 1 },
  ],
};
