/** The pages of an update: the mean of gradients over a batch, and the step against it. */
import type { OptimizerName } from '../../../config.ts';
import { hasWeights, isNorm } from './net-layers.ts';
import { type Net, type Page, t } from './pages.ts';

export const updatePages = (net: Net): Page[] =>
  net.layers.flatMap((of, i) => {
    const [first, second] = hasWeights(of) ? (['W', 'b'] as const) : (['gamma', 'beta'] as const);
    return (hasWeights(of) || isNorm(of)) && net.has(`g${first}${i + 1}`) ? updatesOf(net, i + 1, first, second) : [];
  });

/** What an optimizer does otherwise than plain gradient descent, in a sentence. */
const otherwise: Record<OptimizerName, string> = {
  sgd: 'SGD takes exactly this step.',
  momentum: 'Momentum, which is chosen here, also repeats part of the step before.',
  nesterov: 'Nesterov, which is chosen here, also repeats part of the step before, and looks ahead.',
  rmsprop: 'RMSProp, which is chosen here, also divides each gradient by its usual size.',
  adam: 'Adam, which is chosen here, also averages over earlier steps and divides each gradient by its usual size.',
  adamw:
    'AdamW, which is chosen here, also averages, divides each gradient by its usual size, and shrinks the weights.',
};

type Letter = 'W' | 'b' | 'gamma' | 'beta';
const titles: Record<Letter, string> = { W: 'Weights', b: 'Biases', gamma: 'γ', beta: 'β' };

function updatesOf({ optimizer, learningRate, batch }: Net, layer: number, first: Letter, second: Letter): Page[] {
  const common = { direction: 'update', layer } as const;
  const step = (letter: Letter, about: string): Page => ({
    ...common,
    kind: 'update',
    title: `${titles[letter]} of layer ${layer} after the step`,
    about,
    equation: [t(`n${letter}${layer}`), '=', t(`${letter}${layer}`), '−', 'η', t(`g${letter}${layer}`)],
    operands: [`${letter}${layer}`, `g${letter}${layer}`],
    result: `n${letter}${layer}`,
  });
  const each = first === 'W' ? 'weight' : 'factor';
  return [
    {
      ...common,
      kind: 'average',
      title: `Mean gradient of layer ${layer}`,
      about: `A step does not follow one picture. It takes the mean of the gradients of a batch: this picture and ${batch - 1} of the training set.`,
      equation: [t(`g${first}${layer}`), '=', `1/${batch}`, '∑', t(`d${first}${layer}`)],
      operands: [`d${first}${layer}`],
      result: `g${first}${layer}`,
    },
    step(
      first,
      `Gradient descent moves each ${each} against its gradient, so that the loss falls. η is the learning rate, ${learningRate}. ${otherwise[optimizer]}`,
    ),
    step(
      second,
      `${titles[second]} ${second === 'b' ? 'move' : 'moves'} in the same way. η is the learning rate, ${learningRate}.`,
    ),
  ];
}
