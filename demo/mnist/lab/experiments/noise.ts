import type { Course, Experiment, Side } from './experiment.ts';
import { figure, times } from './measures.ts';

const batches = [2, 20, 200] as const;
/** Batches that the spread of the gradient is measured on. */
const DRAWN = 12;

const side = (batch: number): Side => ({
  title: `${batch} samples in a batch`,
  net: ({ sequential, dense, softmaxCrossEntropy, sgd }) => ({
    model: sequential([784], [dense(10)]),
    options: { batch, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.05 }) },
  }),
});

/** How much the loss changes from one look to the next, in the mean over the second half. */
const jitter = ({ looks }: Course): number => {
  const losses = looks.slice(looks.length >> 1).map(({ values }) => values.loss[0]);
  const jumps = losses.slice(1).map((loss, i) => Math.abs(loss - losses[i]));
  return jumps.reduce((a, b) => a + b, 0) / jumps.length;
};

/** The nets are the same then. */
const noiseAtFirst = ({ looks }: Course): number => looks[0].values.noise[0];

export const noise: Experiment = {
  id: 'noise',
  title: 'Few samples, much noise',
  text: [
    'A [step] looks at a few pictures only, a [batch], and acts as if they stood for all.',
    'Two pictures may say something quite different from the next two, so the [loss] jumps up and down.',
    'With two hundred pictures each step is steady, but it takes a hundred times as much work.',
  ],
  why: 'The gradient of a batch is the mean of the gradients of its samples. Its spread around the gradient of all samples falls with the root of their number: a batch of 200 is √100 = 10 times steadier than a batch of 2, for 100 times the work.',
  sides: batches.map(side),
  steps: 100,
  every: 2,
  data: ({ digits }, seed) => digits({ train: 1000, test: 200, seed }),
  looking: async ({ some, spreadOf }, net, { train }, { batch }) => {
    const gradients = await Promise.all(
      Array.from({ length: DRAWN }, (_, draw) => {
        const { x, y } = some(train, batch, draw);
        return net.gradients(x, y).then((found) => found['layers.0.weight']);
      }),
    );
    const noise = [spreadOf(gradients)];
    return async () => ({ noise, loss: [net.steps > 0 ? await net.loss() : Number.NaN] }); // at first there is no batch
  },
  findings: [
    {
      id: 'noise',
      of: ([few, , many]) => noiseAtFirst(few) / noiseAtFirst(many),
      shown: times,
      says: (value) =>
        `[gradient|Gradients] of batches of 2 scatter ${times(value)} as far as those of batches of 200. The root of 100 is 10.`,
      claim: { least: 6, most: 16 },
    },
    {
      id: 'jumps',
      of: ([few, , many]) => jitter(few) / jitter(many),
      shown: times,
      says: (value) => `From look to look, the loss of a batch of 2 jumps ${figure(value)} times as far.`,
      claim: { least: 3 },
    },
  ],
  pictures: [{ kind: 'curves', title: 'Loss of the latest batch', of: 'loss', axis: 'Loss' }],
};
