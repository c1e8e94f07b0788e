import type { Experiment, Side } from './experiment.ts';
import { fraction, ratioOfEnds, share } from './measures.ts';

/** Hidden layers, each of so many units. */
const [DEPTH, UNITS] = [4, 30];

const side = (title: string, activation: 'sigmoid' | 'relu'): Side => ({
  title,
  net: (tools) => {
    const { sequential, dense, softmaxCrossEntropy, sgd } = tools;
    const hidden = Array.from({ length: DEPTH }, () => dense(UNITS, tools[activation]));
    return {
      model: sequential([784], [...hidden, dense(10)]),
      options: { batch: 20, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.03 }) },
    };
  },
});

export const vanishing: Experiment = {
  id: 'vanishing',
  title: 'Errors that fade on their way back',
  text: [
    'A [network] learns from its error, which is handed back from layer to layer, from the last to the first.',
    'In the first network hardly anything of it arrives at the front, so that those layers cannot learn.',
    'In the second one it arrives almost whole; the two differ only in the [activation|function] that their [unit|units] use.',
  ],
  why: 'δ^{l} = σ′(z^{l}) · (W^{l+1})^{T} δ^{l+1}, element by element. The slope σ′ of the sigmoid is ¼ at most, so every layer takes at least three quarters away, unless its weights are large. The slope of relu is 1 wherever a unit is on. The gradient ∂C/∂W^{l} = δ^{l} (a^{l−1})^{T} fades with δ^{l}. |δ| is the length of δ: the root of the sum of its squares.',
  sides: [side('Sigmoid', 'sigmoid'), side('Relu', 'relu')],
  steps: 150,
  every: 10,
  data: ({ digits }, seed) => digits({ train: 500, test: 100, seed }),
  looking: async ({ first, normsByLayer, scores }, net, { train, test }) => {
    const { x, y } = first(train, 20);
    return async () => {
      const tensors = await net.tensors(x, y);
      return {
        delta: normsByLayer(tensors, 'delta'),
        gradient: normsByLayer(tensors, 'dW'),
        ...(await scores(net, test)),
      };
    };
  },
  findings: [
    {
      id: 'sigmoid',
      of: ([sigmoid]) => ratioOfEnds(sigmoid, 'delta'),
      shown: fraction,
      says: (value) => `|δ¹| is ${share(value)} |δ⁵| in the sigmoid network.`,
      claim: { least: 50 },
    },
    {
      id: 'relu',
      of: ([, relu]) => ratioOfEnds(relu, 'delta'),
      shown: fraction,
      says: (value) => `|δ¹| is ${share(value)} |δ⁵| in the relu network.`,
      claim: { most: 5 },
    },
  ],
  pictures: [
    { kind: 'layers', title: 'Error of each layer, |δ|', of: 'delta', symbol: 'δ' },
    { kind: 'layers', title: 'Gradient of each layer, |∂C/∂W|', of: 'gradient', symbol: '∂W' },
    { kind: 'curves', title: 'Loss on test digits', of: 'loss', axis: 'Loss' },
  ],
};
