/** The operations of a forward and a backward pass, one page each, derived from the net and the tensors that it names. */
import type { Config, OptimizerName } from '../../../config.ts';

/** A piece of an equation: a tensor, e to the power of something, or text that stands between. */
export type Part = string | TensorPart | { readonly power: string | TensorPart };
export interface TensorPart {
  readonly tensor: string;
  readonly transposed?: boolean;
  /** One element of it: δ²₃. */
  readonly index?: readonly (number | string)[];
}

export type Kind =
  | 'sum'
  | 'activation'
  | 'probabilities'
  | 'loss'
  | 'outputError'
  | 'hiddenError'
  | 'weightGradient'
  | 'biasGradient'
  | 'average'
  | 'update';

/** In the order of a step. */
export const directions = { forward: 'Forward', backward: 'Backward', update: 'Update' } as const;
export type Direction = keyof typeof directions;

export interface Page {
  readonly kind: Kind;
  readonly direction: Direction;
  /** What textbooks call the equation. */
  readonly equationName?: 'BP1' | 'BP2' | 'BP3' | 'BP4';
  readonly layer: number;
  readonly title: string;
  /** What happens, in a sentence or two. */
  readonly about: string;
  readonly equation: readonly Part[];
  readonly operands: readonly string[];
  readonly result: string;
}

type Given = Pick<Config, 'hidden' | 'loss' | 'optimizer' | 'learningRate' | 'batch'>;

/** In the order of a pass. `names` are those of the tensors that are there; where σ is linear there is no a and no σ′. */
export function pagesOf(net: Given, names: Iterable<string>): Page[] {
  const has = new Set(names);
  const last = net.hidden.length + 1;
  const layers = Array.from({ length: last }, (_, i) => i + 1);
  /** What a layer hands on. */
  const outputOf = (layer: number): string => (layer === 0 ? 'x' : has.has(`a${layer}`) ? `a${layer}` : `z${layer}`);
  const forward = layers.flatMap((layer) => {
    const sum = weightedSum(layer, outputOf(layer - 1));
    return has.has(`a${layer}`) ? [sum, activation(layer, layer === last)] : [sum];
  });
  const backward = layers.toReversed().flatMap((layer) => {
    const error =
      layer === last ? outputError(net, layer, outputOf(layer)) : hiddenError(layer, has.has(`slope${layer}`));
    return [error, weightGradient(layer, outputOf(layer - 1)), biasGradient(layer)];
  });
  const updates = layers.flatMap((layer) => (has.has(`gW${layer}`) ? updatesOf(net, layer) : []));
  return [...forward, ...probabilities(net, last), lossOf(net, last, outputOf(last)), ...backward, ...updates];
}

const t = (tensor: string): TensorPart => ({ tensor });

const weightedSum = (layer: number, input: string): Page => ({
  kind: 'sum',
  direction: 'forward',
  layer,
  title: `Weighted sums of layer ${layer}`,
  about: `Each unit multiplies ${layer === 1 ? 'every pixel' : `every output of layer ${layer - 1}`} by its own weight, adds up the products, and adds its bias.`,
  equation: [t(`z${layer}`), '=', t(`W${layer}`), t(input), '+', t(`b${layer}`)],
  operands: [`W${layer}`, input, `b${layer}`],
  result: `z${layer}`,
});

const activation = (layer: number, isLast: boolean): Page => ({
  kind: 'activation',
  direction: 'forward',
  layer,
  title: `Activations of layer ${layer}`,
  about: `Each unit applies σ to its sum. ${isLast ? 'The results are the outputs of the network, one per digit.' : 'The results go on to the next layer.'}`,
  equation: [t(`a${layer}`), '=', 'σ', '(', t(`z${layer}`), ')'],
  operands: [`z${layer}`],
  result: `a${layer}`,
});

/** Where the loss works on sums, and makes probabilities of them itself. */
function probabilities({ loss }: Given, last: number): Page[] {
  if (loss === 'quadratic') return [];
  const soft = loss === 'crossEntropy';
  return [
    {
      kind: 'probabilities',
      direction: 'forward',
      layer: last,
      title: 'Probabilities of the digits',
      about: soft
        ? 'Softmax turns the ten sums into ten probabilities. All are positive, and they add up to 1.'
        : 'Each sum becomes a separate probability. The ten need not add up to 1.',
      equation: [t('p'), '=', soft ? 'softmax' : 'σ', '(', t(`z${last}`), ')'],
      operands: [`z${last}`],
      result: 'p',
    },
  ];
}

function lossOf({ loss }: Given, layer: number, output: string): Page {
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

function outputError({ loss }: Given, layer: number, output: string): Page {
  const common = {
    kind: 'outputError',
    direction: 'backward',
    equationName: 'BP1',
    layer,
    title: 'Error of the output',
  } as const;
  const result = `delta${layer}`;
  if (loss !== 'quadratic') {
    return {
      ...common,
      about: `How the loss changes with each sum of layer ${layer}. For this loss, the derivative simplifies to p\u00a0−\u00a0y.`,
      equation: [t(result), '=', t('p'), '−', t('y')],
      operands: ['p', 'y'],
      result,
    };
  }
  return {
    ...common,
    about: `How the loss changes with each sum of layer ${layer}: the output minus the target, times the slope of σ.`,
    equation: [t(result), '=', '(', t(output), '−', t('y'), ')', '⊙', t(`slope${layer}`)],
    operands: [output, 'y', `slope${layer}`],
    result,
  };
}

function hiddenError(layer: number, hasSlope: boolean): Page {
  const [weights, error, slope] = [`W${layer + 1}`, `delta${layer + 1}`, `slope${layer}`];
  const product: Part[] = [{ tensor: weights, transposed: true }, t(error)];
  return {
    kind: 'hiddenError',
    direction: 'backward',
    equationName: 'BP2',
    layer,
    title: `Error of layer ${layer}`,
    about: `The errors of layer ${layer + 1} come back through the same weights, transposed${hasSlope ? ', and are multiplied by the slope of σ' : ''}.`,
    equation: [t(`delta${layer}`), '=', ...(hasSlope ? ['(', ...product, ')', '⊙', t(slope)] : product)],
    operands: [weights, error, ...(hasSlope ? [slope] : [])],
    result: `delta${layer}`,
  };
}

const weightGradient = (layer: number, input: string): Page => ({
  kind: 'weightGradient',
  direction: 'backward',
  equationName: 'BP4',
  layer,
  title: `Gradient of the weights of layer ${layer}`,
  about: 'How the loss changes with each weight: the error of its unit, times its input.',
  equation: [t(`dW${layer}`), '=', t(`delta${layer}`), { tensor: input, transposed: true }],
  operands: [`delta${layer}`, input],
  result: `dW${layer}`,
});

const biasGradient = (layer: number): Page => ({
  kind: 'biasGradient',
  direction: 'backward',
  equationName: 'BP3',
  layer,
  title: `Gradient of the biases of layer ${layer}`,
  about: 'A bias is simply added to the sum, so its gradient is the error itself.',
  equation: [t(`db${layer}`), '=', t(`delta${layer}`)],
  operands: [`delta${layer}`],
  result: `db${layer}`,
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

function updatesOf({ optimizer, learningRate, batch }: Given, layer: number): Page[] {
  const common = { direction: 'update', layer } as const;
  const step = (letter: 'W' | 'b', title: string, about: string): Page => ({
    ...common,
    kind: 'update',
    title: `${title} of layer ${layer} after the step`,
    about,
    equation: [t(`n${letter}${layer}`), '=', t(`${letter}${layer}`), '−', 'η', t(`g${letter}${layer}`)],
    operands: [`${letter}${layer}`, `g${letter}${layer}`],
    result: `n${letter}${layer}`,
  });
  return [
    {
      ...common,
      kind: 'average',
      title: `Mean gradient of layer ${layer}`,
      about: `A step does not follow one picture. It takes the mean of the gradients of a batch: this picture and ${batch - 1} of the training set.`,
      equation: [t(`gW${layer}`), '=', `1/${batch}`, '∑', t(`dW${layer}`)],
      operands: [`dW${layer}`],
      result: `gW${layer}`,
    },
    step(
      'W',
      'Weights',
      `Gradient descent moves each weight against its gradient, so that the loss falls. η is the learning rate, ${learningRate}. ${otherwise[optimizer]}`,
    ),
    step('b', 'Biases', `Biases move in the same way. η is the learning rate, ${learningRate}.`),
  ];
}
