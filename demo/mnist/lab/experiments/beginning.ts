import type { Course, Experiment, Side } from './experiment.ts';
import { fraction, lastValue, percent, points, ratioOfEnds, share } from './measures.ts';
import type { Tools } from './tools.ts';

const [DEPTH, UNITS] = [4, 40];
/** Beyond this a tanh unit is flat. */
const FLAT = 0.98;

const side = (title: string, init: (tools: Tools) => ReturnType<Tools['normal']>): Side => ({
  title,
  net: (tools) => {
    const { sequential, dense, linear, tanh, softmaxCrossEntropy, sgd } = tools;
    const layer = { init: init(tools) };
    const hidden = Array.from({ length: DEPTH }, () => dense(UNITS, tanh, layer));
    return {
      model: sequential([784], [...hidden, dense(10, linear, layer)]),
      options: { batch: 20, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) },
    };
  },
});

/** What was found before the first step. */
const atFirst = ({ looks }: Course): Course => ({ looks: looks.slice(0, 1) });

export const beginning: Experiment = {
  id: 'beginning',
  title: 'A bad beginning',
  text: [
    'Before it learns anything, a [network] has random [weight|weights], and somebody has to say how large they are.',
    'If they are too small, every layer makes the signal weaker, until all pictures look the same to the last layer.',
    'If they are too large, every [unit] is at one of its two ends, and hardly reacts any more.',
  ],
  why: 'With n inputs and weights of variance v, the variance of z is about n v times that of the inputs. Glorot chooses v = 2 / (inputs + outputs), so that neither activations nor errors grow or shrink from layer to layer. With deviation 1, tanh is flat almost everywhere: σ′(z) ≈ 0.',
  sides: [
    side('Too small: deviation 0.01', ({ normal }) => normal(0.01)),
    side('Glorot', ({ xavier }) => xavier()),
    side('Too large: deviation 1', ({ normal }) => normal(1)),
  ],
  steps: 150,
  every: 10,
  data: ({ digits }, seed) => digits({ train: 500, test: 200, seed }),
  looking: async ({ observe, first, scores, spread }, net, { test }) => {
    const names = Array.from({ length: DEPTH }, (_, layer) => `a${layer + 1}`);
    const observer = await observe(net, first(test, 100).x, names);
    return async () => {
      const found = await observer.read();
      const all = names.flatMap((name) => [...found[name].data]);
      const flat = all.filter((a) => Math.abs(a) > FLAT).length / all.length;
      return { spread: names.map((name) => spread(found[name])), flat: [flat], ...(await scores(net, test)) };
    };
  },
  findings: [
    {
      id: 'faded',
      of: ([small]) => 1 / ratioOfEnds(atFirst(small), 'spread'),
      shown: fraction,
      says: (value) =>
        `In the beginning, the spread of a⁴ is ${share(value)} that of a¹ with weights that are too small.`,
      claim: { least: 500 },
    },
    {
      id: 'flat',
      of: ([, , large]) => lastValue(atFirst(large), 'flat'),
      shown: percent,
      says: (value) =>
        `${percent(value)} of all [activation|activations] are at their ends with weights that are too large.`,
      claim: { least: 0.5 },
    },
    {
      id: 'accuracy',
      of: ([small, glorot, large]) =>
        lastValue(glorot, 'accuracy') - Math.max(lastValue(small, 'accuracy'), lastValue(large, 'accuracy')),
      shown: points,
      says: (value) => `With Glorot's weights the [accuracy] is ${points(value)} above that of the others.`,
      claim: { least: 0.4 },
    },
  ],
  pictures: [
    { kind: 'layers', title: 'Spread of the activations of each layer', of: 'spread', symbol: 'a' },
    { kind: 'curves', title: 'Accuracy on test digits', of: 'accuracy', axis: 'Accuracy', most: 1 },
  ],
};
