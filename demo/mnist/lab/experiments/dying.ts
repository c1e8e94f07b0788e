import type { Course, Experiment, Side } from './experiment.ts';
import { lastValue, percent } from './measures.ts';

const UNITS = 60;

const side = (title: string, activation: 'relu' | 'leakyRelu', learningRate: number): Side => ({
  title,
  net: (tools) => {
    const { sequential, dense, softmaxCrossEntropy, sgd } = tools;
    return {
      model: sequential([784], [dense(UNITS, tools[activation]), dense(10)]),
      options: { batch: 20, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate }) },
    };
  },
});

const dead = (course: Course): number => lastValue(course, 'dead');

export const dying: Experiment = {
  id: 'dying',
  title: 'Units that die',
  text: [
    'The [unit|units] here hand on nothing as long as their sum is below zero, and such a unit learns nothing either.',
    'One step that is too long can push a unit so far down that no picture ever turns it on again: it is dead.',
    'Each square is a unit, and it is empty once the unit is dead.',
  ],
  why: 'relu(z) = max(0, z) has the slope 0 for z < 0. If z < 0 for all samples, δ = 0 and all gradients of the unit are 0: nothing brings it back. leakyRelu has the slope 0.01 there, so that a little of the error arrives and the unit can return.',
  sides: [
    side('Relu, learning rate 0.05', 'relu', 0.05),
    side('Relu, learning rate 1', 'relu', 1),
    side('LeakyRelu, learning rate 1', 'leakyRelu', 1),
  ],
  steps: 60,
  every: 3,
  data: ({ digits }, seed) => digits({ train: 500, test: 200, seed }),
  looking: async ({ observe, first, scores }, net, { test }) => {
    const observer = await observe(net, first(test, test.count).x, ['a1']);
    return async () => {
      const { a1 } = await observer.read(); // [units, n]
      const n = a1.shape[1];
      const alive = Array.from({ length: UNITS }, (_, unit) =>
        Number(a1.data.subarray(unit * n, (unit + 1) * n).some((a) => a !== 0)),
      );
      const { accuracy } = await scores(net, test);
      return { alive, dead: [alive.filter((is) => is === 0).length / UNITS], accuracy };
    };
  },
  findings: [
    {
      id: 'relu',
      of: ([, tooFast]) => dead(tooFast),
      shown: percent,
      says: (value) => `${percent(value)} of the relu units are dead at a learning rate of 1.`,
      claim: { least: 0.3 },
    },
    {
      id: 'careful',
      of: ([careful]) => dead(careful),
      shown: percent,
      says: (value) => `${percent(value)} of them are dead at a learning rate of 0.05.`,
      claim: { most: 0.1 },
    },
    {
      id: 'leaky',
      of: ([, , leaky]) => dead(leaky),
      shown: percent,
      says: (value) => `${percent(value)} of the leakyRelu units are dead at a learning rate of 1.`,
      claim: { most: 0 },
    },
  ],
  pictures: [
    { kind: 'units', title: 'The hidden units', of: 'alive', full: 'alive', empty: 'dead' },
    { kind: 'curves', title: 'Share of dead units', of: 'dead', axis: 'Dead', most: 1 },
    { kind: 'curves', title: 'Accuracy on test digits', of: 'accuracy', axis: 'Accuracy', most: 1 },
  ],
};
