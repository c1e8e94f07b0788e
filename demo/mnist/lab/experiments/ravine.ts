import type { Experiment, Side } from './experiment.ts';
import { fraction, lastValue, share } from './measures.ts';
import type { Tools } from './tools.ts';

const POINTS = 200;
/** The weights that made the data, where the loss is least, and those that the nets begin with. */
const GOAL = [1.5, 0.3] as const;
const START = -1.5;
/** How far the inputs spread along the ravine and across it. */
const [ALONG, ACROSS] = [0.1, 1.4];
/** Between the ravine and the first weight. */
const ANGLE = Math.PI / 12;

const side = (title: string, optimizer: (tools: Tools) => ReturnType<Tools['sgd']>): Side => ({
  title,
  net: (tools) => {
    const { sequential, dense, linear, constant, meanSquared } = tools;
    return {
      model: sequential([2], [dense(1, linear, { bias: false, init: constant(START) })]),
      options: { batch: POINTS, loss: meanSquared(), optimizer: optimizer(tools) },
    };
  },
});

const meanSquare = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((sum, value) => sum + value * value, 0) / numbers.length;

/** Numbers whose squares have the mean 1, so that the ravine is as steep for every seed. */
function ofDeviationOne(numbers: Float64Array): Float64Array {
  const root = Math.sqrt(meanSquare(numbers));
  return numbers.map((value) => value / root);
}

const RATE = 0.47;

export const ravine: Experiment = {
  id: 'ravine',
  title: 'A long way along a ravine',
  text: [
    'Each of these [network|networks] has two [weight|weights] only, so that we can see them as a point on a map: the stronger the shade, the smaller the [loss].',
    'The map is a ravine: steep across, almost flat along, and downhill points to the other side rather than to the goal.',
    'The first one bounces from wall to wall; the others remember where they have been going, and get there sooner.',
  ],
  why: 'Gradient descent multiplies the distance to the goal by 1 − η λ in each direction. Across, λ is large and η must stay below 2/λ, so that along, where λ is small, steps are tiny. Momentum, v = μ v + g in each step, adds up what points the same way and cancels what goes back and forth. Adam divides each gradient by the root of its mean square.',
  sides: [
    side('SGD', ({ sgd }) => sgd({ learningRate: RATE })),
    side('Momentum', ({ momentum }) => momentum({ learningRate: RATE })),
    side('Adam', ({ adam }) => adam({ learningRate: 0.2 })),
  ],
  steps: 150,
  every: 1,
  data: ({ fromArrays, normals }, seed) => {
    const [along, across, off] = [1, 2, 3].map((stream) => ofDeviationOne(normals(POINTS, seed, 302, stream)));
    const x = Array.from({ length: POINTS }, (_, i) => {
      const [u, v] = [ALONG * along[i], ACROSS * across[i]];
      return [u * Math.cos(ANGLE) - v * Math.sin(ANGLE), u * Math.sin(ANGLE) + v * Math.cos(ANGLE)];
    });
    const y = x.map(([x1, x2], i) => [GOAL[0] * x1 + GOAL[1] * x2 + 0.001 * off[i]]);
    const train = fromArrays({ x, y });
    return { train, test: train };
  },
  looking: async ({ observe, first }, net, { train }) => {
    const { x, y } = first(train, train.count);
    const observer = await observe(net, x, ['W1', 'prediction']);
    return async () => {
      const { W1, prediction } = await observer.read();
      return { loss: [meanSquare(y.map((target, i) => prediction.data[i] - target))], weights: [...W1.data] };
    };
  },
  landscape: async ({ sequential, dense, compile, sgd, meanSquared, first }, { train }, device) => {
    const columns = 80;
    const [across, up] = [
      [-3.2, 2.4],
      [-2.8, 2.8],
    ] as const;
    const at = ([least, most]: readonly [number, number], share: number) => least + share * (most - least);
    const weights = Array.from({ length: columns * columns }, (_, i) => [
      at(across, ((i % columns) + 0.5) / columns),
      at(up, 1 - (Math.floor(i / columns) + 0.5) / columns),
    ]);
    // One net whose units are all the nets of the map.
    const model = sequential([2], [dense(weights.length, undefined, { bias: false })]);
    const options = {
      device,
      batch: 1,
      loss: meanSquared(),
      optimizer: sgd({ learningRate: 0 }),
      tune: 'off',
    } as const;
    const net = await compile(model, options);
    net.setParameters({ 'layers.0.weight': { shape: [weights.length, 2], data: Float32Array.from(weights.flat()) } });
    const { x, y } = first(train, train.count);
    const outputs = await net.predict(x); // [n][weights]
    net.destroy();
    const losses = weights.map((_, at) => meanSquare(y.map((target, i) => outputs[i * weights.length + at] - target)));
    return { across, up, columns, losses };
  },
  findings: [
    {
      id: 'momentum',
      of: ([sgd, momentum]) => lastValue(sgd, 'loss') / lastValue(momentum, 'loss'),
      shown: fraction,
      says: (value) => `In the end the loss with momentum is ${share(value)} that of SGD.`,
      claim: { least: 10 },
    },
    {
      id: 'adam',
      of: ([sgd, , adam]) => lastValue(sgd, 'loss') / lastValue(adam, 'loss'),
      shown: fraction,
      says: (value) => `In the end the loss with Adam is ${share(value)} that of SGD.`,
      claim: { least: 4 },
    },
  ],
  pictures: [
    { kind: 'path', title: 'The way of the two weights', of: 'weights' },
    { kind: 'curves', title: 'Loss', of: 'loss', axis: 'Loss', log: true },
  ],
};
