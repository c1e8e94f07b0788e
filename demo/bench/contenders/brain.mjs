// brain.js, plain JavaScript on one thread. It updates after every sample, so one step here is four updates of one sample
// each: about the same gradient in all, not the same arithmetic. Only for xor; on the larger nets it is out of the race.
import library from 'brain.js';
import { installed } from './installed.mjs';

const { NeuralNetwork } = library; // CommonJS

export const brain = {
  name: 'brain.js',
  library: installed('brain.js'),
  different: true,
  works: ['xor'],
  without: () => undefined,
  choices: () => ({}),
  start: async (work, { batches: [{ x, y }], parameters }) => {
    const net = netOf(work.model, parameters);
    const samples = Array.from(y, (target, i) => ({ input: [x[2 * i], x[2 * i + 1]], output: [target] }));
    // The gradient of the mean over the batch of (a - y)², sample by sample; brain.js leaves the 2 of the square out.
    const learningRate = (2 * work.optimizer.learningRate) / work.batch;
    return {
      async block(steps) {
        net.train(samples, { iterations: steps, learningRate, momentum: 1e-12, errorThresh: 1e-12 });
        return meanSquare(net, samples);
      },
      end: () => {},
    };
  },
};

function netOf({ input, layers }, parameters) {
  const net = new NeuralNetwork({ hiddenLayers: layers.slice(0, -1).map(({ units }) => units) });
  net.sizes = [...input, ...layers.map(({ units }) => units)];
  net.initialize();
  layers.forEach((_, i) => {
    const { shape, data } = parameters[`layers.${i}.weight`];
    net.weights[i + 1] = Array.from({ length: shape[0] }, (_, unit) =>
      Array.from(data.subarray(unit * shape[1], (unit + 1) * shape[1])),
    );
    net.biases[i + 1] = Array.from(parameters[`layers.${i}.bias`].data);
  });
  return net;
}

function meanSquare(net, samples) {
  const errors = samples.map(({ input, output }) => (net.run(input)[0] - output[0]) ** 2);
  return errors.reduce((a, b) => a + b, 0) / errors.length;
}
