/** The pages of a backward pass: for each value how the loss changes with it, and for each layer with what it learns. */
import { hasWeights, isNorm, type NetLayer } from './net-layers.ts';
import { type Net, operandsOf, type Page, type Part, t } from './pages.ts';
import { short } from './short-numbers.ts';

export function backwardPages(net: Net): Page[] {
  const { layers, last } = net;
  return layers
    .flatMap((of, i) => [{ of, layer: i + 1 }])
    .toReversed()
    .flatMap(({ of, layer }) => [
      ...(layer === last ? [outputError(net, layer)] : hiddenError(net, of, layer)),
      ...gradients(net, of, layer),
    ]);
}

function outputError({ loss, values }: Net, layer: number): Page {
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
  const output = values.nameOf(layer);
  return {
    ...common,
    about: `How the loss changes with each sum of layer ${layer}: the output minus the target, times the slope of σ.`,
    equation: [t(result), '=', '(', t(output), '−', t('y'), ')', '⊙', t(`slope${layer}`)],
    operands: [output, 'y', `slope${layer}`],
    result,
  };
}

/** None for a layer that does nothing, and where nothing that is learned comes before. */
function hiddenError(net: Net, of: NetLayer, layer: number): Page[] {
  const result = hasWeights(of) ? `delta${layer}` : `da${layer}`;
  if (net.values.isIdle(layer) || !net.has(result)) return [];
  const consumers = net.values.consumersOf(layer);
  const sum = consumers.flatMap((m, i): Part[] => [...(i > 0 ? ['+'] : []), ...cameBack(net, m)]);
  const slope = `slope${layer}`;
  const hasSlope = hasWeights(of) && net.has(slope);
  const equation: Part[] = [t(result), '=', ...(hasSlope ? ['(', ...sum, ')', '⊙', t(slope)] : sum)];
  const isDirect = consumers.every((m) => hasWeights(net.layers[m - 1]));
  return [
    {
      kind: 'hiddenError',
      direction: 'backward',
      ...(hasWeights(of) && isDirect && { equationName: 'BP2' }),
      layer,
      title: hasWeights(of) ? `Error of layer ${layer}` : `Error after layer ${layer}`,
      about: `${consumers.map((m) => inWords(net.layers[m - 1], m)).join(' ')}${hasSlope ? ' Then it is multiplied by the slope of σ.' : ''}`,
      equation,
      operands: operandsOf(equation, result),
      result,
    },
  ];
}

/** What a layer sends back to what it is applied to. */
function cameBack({ layers, values }: Net, m: number): Part[] {
  const { kind, window, rate } = layers[m - 1];
  const upstream = t(values.gradientOf(m));
  switch (kind) {
    case 'dense':
      return [{ tensor: `W${m}`, transposed: true }, t(`delta${m}`)];
    case 'conv2d':
      return [{ tensor: `W${m}`, transposed: true }, '*', t(`delta${m}`)];
    case 'maxPool2d':
      return ['winner', '(', upstream, ')'];
    case 'averagePool2d':
      return ['share', '(', upstream, ')', '/', `${window!.size ** 2}`];
    case 'dropout':
      return [t(`mask${m}`), '⊙', upstream, '/', short(1 - rate!)];
    case 'batchNorm':
    case 'layerNorm': {
      const g: Part[] = ['(', t(`gamma${m}`), '⊙', upstream, ')'];
      return ['centre', g, '/', '√', '(', t(`variance${m}`), '+', 'ε', ')'].flat();
    }
    case 'skip':
      return [upstream];
    case 'activation':
      return [upstream, '⊙', t(`rise${m}`)];
  }
}

function inWords({ kind, window, output }: NetLayer, m: number): string {
  switch (kind) {
    case 'dense':
      return `The errors of layer ${m} come back through the same weights, transposed.`;
    case 'conv2d':
      return `The errors of layer ${m} come back through the same filters, each turned by 180°: a pixel gets the error of every place whose window it was in, times the weight that it met there.`;
    case 'maxPool2d':
      return 'Only the pixel that won its window had a part in the loss. It gets the whole error of the window, and the others get 0.';
    case 'averagePool2d':
      return `All pixels of a window had the same part in its mean. Each gets 1/${window!.size ** 2} of its error.`;
    case 'dropout':
      return 'Errors come back only where the mask let numbers through, scaled in the same way.';
    case 'batchNorm':
    case 'layerNorm': {
      const together = kind === 'layerNorm' ? 'of all numbers' : output.length > 1 ? 'of each map' : 'of each unit';
      return `A number also moves the mean and the variance ${together}. What that does is taken out of g = γ ⊙ ∂C/∂a: its mean, and the part of it that follows the normalised numbers x̂. So what comes back is (g − mean of g − x̂ · mean of g x̂) / √(v + ε).`;
    }
    case 'skip':
      return `The error of the sum in layer ${m} comes back as it is.`;
    case 'activation':
      return `The error behind layer ${m} comes back times the slope of its σ.`;
  }
}

/** By what a layer learns. */
function gradients(net: Net, of: NetLayer, layer: number): Page[] {
  const input = net.values.nameOf(of.of[0]);
  if (of.kind === 'dense' && net.has(`dW${layer}`)) return [weightGradient(layer, input), biasGradient(layer, 'dense')];
  if (of.kind === 'conv2d' && net.has(`dW${layer}`))
    return [filterGradient(net, layer, input), biasGradient(layer, 'conv2d')];
  return isNorm(of) && net.has(`dgamma${layer}`) ? normGradients(net, of, layer) : [];
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

/** Where a pass has several pictures. */
const overPictures = ({ pictures = 1 }: Net): string => (pictures > 1 ? ` of all ${pictures} pictures` : '');

const filterGradient = (net: Net, layer: number, input: string): Page => ({
  kind: 'filterGradient',
  direction: 'backward',
  equationName: 'BP4',
  layer,
  title: `Gradient of the filters of layer ${layer}`,
  about: `A weight of a filter is used at every place. So its gradient is a sum over all places${overPictures(net)}: the error there, times the number that the weight met.`,
  equation: [t(`dW${layer}`), '=', t(`delta${layer}`), '*', t(input)],
  operands: [`delta${layer}`, input],
  result: `dW${layer}`,
});

const biasGradient = (layer: number, kind: 'dense' | 'conv2d'): Page => ({
  kind: 'biasGradient',
  direction: 'backward',
  equationName: 'BP3',
  layer,
  title: `Gradient of the biases of layer ${layer}`,
  about:
    kind === 'dense'
      ? 'A bias is simply added to the sum, so its gradient is the error itself.'
      : 'The bias of a filter is added at every place of its map, so its gradient is the sum of the errors of that map.',
  equation: [t(`db${layer}`), '=', ...(kind === 'dense' ? [] : ['∑']), t(`delta${layer}`)],
  operands: [`delta${layer}`],
  result: `db${layer}`,
});

function normGradients(net: Net, { kind }: NetLayer, layer: number): Page[] {
  const common = { direction: 'backward', layer } as const;
  const [upstream, normalized] = [`da${layer}`, `normalized${layer}`];
  const sum: Part[] = kind === 'batchNorm' ? ['∑'] : [];
  const over = kind === 'batchNorm' ? `, added up over all its numbers${overPictures(net)}` : '';
  return [
    {
      ...common,
      kind: 'gammaGradient',
      title: `Gradient of γ of layer ${layer}`,
      about: `γ multiplies the normalised numbers. So its gradient is the error times the normalised number${over}.`,
      equation: [t(`dgamma${layer}`), '=', ...sum, t(upstream), '⊙', t(normalized)],
      operands: [upstream, normalized],
      result: `dgamma${layer}`,
    },
    {
      ...common,
      kind: 'biasGradient',
      title: `Gradient of β of layer ${layer}`,
      about: `β is simply added. So its gradient is the error${over}.`,
      equation: [t(`dbeta${layer}`), '=', ...sum, t(upstream)],
      operands: [upstream],
      result: `dbeta${layer}`,
    },
  ];
}
