import type { Course, Experiment, Side, SideNet } from './experiment.ts';
import { lastValue, points, times } from './measures.ts';

interface Remedy {
  readonly dropped?: number;
  readonly weightDecay?: number;
  readonly fit?: SideNet['fit'];
}

const side = (title: string, { dropped, weightDecay = 0, fit }: Remedy = {}): Side => ({
  title,
  net: ({ sequential, dense, relu, dropout, softmaxCrossEntropy, adam }) => ({
    model: sequential([784], [dense(60, relu), ...(dropped ? [dropout(dropped)] : []), dense(10)]),
    options: { batch: 50, loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.003, weightDecay }) },
    fit,
  }),
});

/** How much better a net reads the digits that it was trained on. */
const gap = (course: Course): number => lastValue(course, 'training') - lastValue(course, 'accuracy');

export const overfitting: Experiment = {
  id: 'overfitting',
  title: 'Learning by heart',
  text: [
    'These [network|networks] see only 1,000 pictures, again and again, until they know every one of them by heart.',
    'On pictures that they have never seen they do worse, and that difference is what counts.',
    'Three of the four are kept from it: by [unit|units] that are switched off at random, by a pull of all [weight|weights] towards zero, or by pictures that are shifted and turned a little each time.',
  ],
  why: 'Dropout sets half of the activations to 0 in each step, so that no unit can rely on a certain other one. L2 adds λ w to each gradient, which keeps weights small and the function smooth. Augmentation draws a new shift, rotation and scale for every picture in every step: the net never sees the same picture twice. With these digits that is worth most; dropout and L2 keep the net from fitting its own pictures, but give it nothing new to learn from.',
  sides: [
    side('Nothing'),
    side('Dropout ½', { dropped: 0.5 }),
    side('L2, λ = 0.003', { weightDecay: 0.003 }),
    side('Augmentation', { fit: { augment: { shift: 2, rotate: 12, scale: 0.1 } } }),
  ],
  steps: 200,
  every: 25,
  data: ({ digits }, seed) => digits({ train: 1000, test: 500, seed }),
  looking:
    async ({ scores, take }, net, { train, test }) =>
    async () => {
      const training = await scores(net, take(train, 500));
      return { training: training.accuracy, trainingLoss: training.loss, ...(await scores(net, test)) };
    },
  findings: [
    {
      id: 'gap',
      of: ([nothing]) => gap(nothing),
      shown: points,
      says: (value) =>
        `Without a remedy the [accuracy] on its own pictures is ${points(value)} above that on new ones.`,
      claim: { least: 0.03 },
    },
    {
      id: 'augmented',
      of: ([nothing, , , augmented]) => lastValue(augmented, 'accuracy') - lastValue(nothing, 'accuracy'),
      shown: points,
      says: (value) => `Augmentation raises the accuracy on new pictures by ${points(value)}.`,
      claim: { least: 0.04 },
    },
    {
      id: 'held',
      of: ([nothing, ...held]) =>
        Math.min(...held.map((of) => lastValue(of, 'trainingLoss'))) / lastValue(nothing, 'trainingLoss'),
      shown: times,
      says: (value) => `Each of the three keeps the [loss] on its own pictures at least ${times(value)} as large.`,
      claim: { least: 1.5 },
    },
  ],
  pictures: [
    { kind: 'curves', title: 'Loss on test digits', of: 'loss', axis: 'Loss', log: true },
    { kind: 'curves', title: 'Loss on training digits', of: 'trainingLoss', axis: 'Loss', log: true },
    { kind: 'curves', title: 'Accuracy on test digits', of: 'accuracy', axis: 'Accuracy', most: 1 },
  ],
};
