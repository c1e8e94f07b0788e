/** The pages of a forward pass. */
import { hasWeights, isNorm, isPool, type NetLayer } from './net-layers.ts';
import { type Net, type Page, type Part, t } from './pages.ts';
import { short } from './short-numbers.ts';

export function forwardPages(net: Net): Page[] {
  const { layers, last, values } = net;
  const pages = layers.flatMap((of, i) => (values.isIdle(i + 1) ? [] : ofLayer(net, of, i + 1)));
  return [...pages, ...probabilities(net), lossOf(net, last, values.nameOf(last))];
}

function ofLayer(net: Net, of: NetLayer, layer: number): Page[] {
  const inputs = of.of.map(net.values.nameOf);
  const [input] = inputs;
  if (hasWeights(of)) {
    const sum = of.kind === 'dense' ? weightedSum(layer, input) : convolution(layer, input);
    return net.has(`a${layer}`) ? [sum, activation(net, layer, `z${layer}`)] : [sum];
  }
  if (isPool(of)) return [pooling(of, layer, input)];
  if (isNorm(of)) return normalisation(net, of, layer, input);
  if (of.kind === 'dropout') return [dropout(of.rate!, layer, input)];
  return [of.kind === 'skip' ? skip(layer, inputs) : activation(net, layer, input)];
}

const weightedSum = (layer: number, input: string): Page => ({
  kind: 'sum',
  direction: 'forward',
  layer,
  title: `Weighted sums of layer ${layer}`,
  about: `Each unit multiplies ${input === 'x' ? 'every pixel' : `every output of layer ${input.slice(1)}`} by its own weight, adds up the products, and adds its bias.`,
  equation: [t(`z${layer}`), '=', t(`W${layer}`), t(input), '+', t(`b${layer}`)],
  operands: [`W${layer}`, input, `b${layer}`],
  result: `z${layer}`,
});

const convolution = (layer: number, input: string): Page => ({
  kind: 'convolution',
  direction: 'forward',
  layer,
  title: `Convolution of layer ${layer}`,
  about: `Each filter slides over ${input === 'x' ? 'the picture' : 'all maps at once'}. At every place it multiplies the numbers in its window by its weights, adds up the products, and adds its bias. Choose a pixel of the result to see its window.`,
  equation: [t(`z${layer}`), '=', t(`W${layer}`), '*', t(input), '+', t(`b${layer}`)],
  operands: [`W${layer}`, input, `b${layer}`],
  result: `z${layer}`,
});

function activation({ last }: Net, layer: number, input: string): Page {
  const what = input.startsWith('z') ? 'unit applies σ to its sum' : 'number goes through σ';
  return {
    kind: 'activation',
    direction: 'forward',
    layer,
    title: `Activations of layer ${layer}`,
    about: `Each ${what}. ${layer === last ? 'The results are the outputs of the network, one per digit.' : 'The results go on to the next layer.'}`,
    equation: [t(`a${layer}`), '=', 'σ', '(', t(input), ')'],
    operands: [input],
    result: `a${layer}`,
  };
}

function pooling({ kind, window }: NetLayer, layer: number, input: string): Page {
  const isMax = kind === 'maxPool2d';
  const square = `${window!.size} × ${window!.size}`;
  return {
    kind: 'pooling',
    direction: 'forward',
    layer,
    title: `${isMax ? 'Max' : 'Average'} pooling, layer ${layer}`,
    about: isMax
      ? `Of every ${square} numbers only the largest goes on. Maps become smaller, and it matters less where exactly something was found.`
      : `Of every ${square} numbers the mean goes on. Maps become smaller and smoother.`,
    equation: [t(`a${layer}`), '=', isMax ? 'max' : 'mean', '(', t(input), ')'],
    operands: [input],
    result: `a${layer}`,
  };
}

const dropout = (rate: number, layer: number, input: string): Page => ({
  kind: 'dropout',
  direction: 'forward',
  layer,
  title: `Dropout, layer ${layer}`,
  about: `In training, a mask sets each number to 0 with a probability of ${short(100 * rate)} %. The others are divided by ${short(1 - rate)}, so that the mean stays. Every step draws new masks; this is the one that the next step draws for its first picture. When the network predicts, it drops nothing.`,
  equation: [t(`a${layer}`), '=', t(`mask${layer}`), '⊙', t(input), '/', short(1 - rate)],
  operands: [`mask${layer}`, input],
  result: `a${layer}`,
});

function normalisation({ pictures = 1 }: Net, { kind, output }: NetLayer, layer: number, input: string): Page[] {
  const common = { direction: 'forward', layer } as const;
  const what = output.length > 1 ? 'map' : 'unit';
  const statistics =
    kind === 'batchNorm'
      ? `Each ${what} gets mean 0 and variance 1 over a batch. μ and v are the mean and the variance of that ${what} in this picture and ${pictures - 1} of the training set, as in training. When the network predicts, it uses running averages of them instead.`
      : 'All numbers of the layer together get mean 0 and variance 1. μ and v are their mean and variance in this picture alone, in training and when the network predicts.';
  const [normalized, mean, variance] = ['normalized', 'mean', 'variance'].map((letter) => `${letter}${layer}`);
  return [
    {
      ...common,
      kind: 'normalisation',
      title: `Normalisation, layer ${layer}`,
      about: statistics,
      equation: [t(normalized), '=', '(', t(input), '−', t(mean), ')', '/', '√', '(', t(variance), '+', 'ε', ')'],
      operands: [input, mean, variance],
      result: normalized,
    },
    {
      ...common,
      kind: 'rescaling',
      title: `Scale and shift, layer ${layer}`,
      about: `The network learns which mean and which spread is best: each ${kind === 'batchNorm' ? what : 'number'} has a factor γ and a shift β of its own.`,
      equation: [t(`a${layer}`), '=', t(`gamma${layer}`), '⊙', t(normalized), '+', t(`beta${layer}`)],
      operands: [`gamma${layer}`, normalized, `beta${layer}`],
      result: `a${layer}`,
    },
  ];
}

const skip = (layer: number, inputs: readonly string[]): Page => ({
  kind: 'skip',
  direction: 'forward',
  layer,
  title: `Skip connection, layer ${layer}`,
  about:
    'What went into the layers before is added to what came out of them. So they have to learn only the difference.',
  equation: [t(`a${layer}`), '=', ...inputs.flatMap((input, i): Part[] => (i === 0 ? [t(input)] : ['+', t(input)]))],
  operands: inputs,
  result: `a${layer}`,
});

/** Where the loss works on sums, and makes probabilities of them itself. */
function probabilities({ loss, last, values }: Net): Page[] {
  if (loss === 'quadratic') return [];
  const soft = loss === 'crossEntropy';
  const input = values.nameOf(last);
  return [
    {
      kind: 'probabilities',
      direction: 'forward',
      layer: last,
      title: 'Probabilities of the digits',
      about: soft
        ? 'Softmax turns the ten sums into ten probabilities. All are positive, and they add up to 1.'
        : 'Each sum becomes a separate probability. The ten need not add up to 1.',
      equation: [t('p'), '=', soft ? 'softmax' : 'σ', '(', t(input), ')'],
      operands: [input],
      result: 'p',
    },
  ];
}

function lossOf({ loss }: Net, layer: number, output: string): Page {
  const common = { kind: 'loss', direction: 'forward', layer, title: 'Loss', result: 'losses' } as const;
  switch (loss) {
    case 'crossEntropy':
      return {
        ...common,
        about:
          'Cross-entropy depends only on the probability of the correct digit. It is 0 when that probability is 1, and grows as the probability falls.',
        equation: [t('losses'), '=', '−', '∑', t('y'), '⊙', 'ln', t('p')],
        operands: ['y', 'p'],
      };
    case 'binaryCrossEntropy':
      return {
        ...common,
        about: 'Each output is a separate yes or no. p should be 1 for the correct digit and 0 for the other nine.',
        equation: [
          ...[t('losses'), '=', '−', '∑', '(', t('y'), '⊙', 'ln', t('p'), '+'],
          ...['(', '1', '−', t('y'), ')', '⊙', 'ln', '(', '1', '−', t('p'), ')', ')'],
        ],
        operands: ['y', 'p'],
      };
    case 'quadratic':
      return {
        ...common,
        about: 'Half the sum of the squared differences between outputs and targets.',
        equation: [t('losses'), '=', '½', '∑', '(', t(output), '−', t('y'), ')', '²'],
        operands: [output, 'y'],
      };
  }
}
