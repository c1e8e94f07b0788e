/** One element of an operation, in numbers: 'a¹₅ = σ(0.713) = 0.671'. All of them are read from the tensors. */

import { cameBack, normBack, windowed } from './came-back.ts';
import { EPSILON } from './net-layers.ts';
import type { Page, Part, TensorPart } from './pages.ts';
import { indexIn, selectedOf, unitOf } from './selection.ts';
import { short } from './short-numbers.ts';
import type { View } from './view-of.ts';
import { pooledInto } from './windows.ts';

export function workedOf(view: View, page: Page): Part[] {
  const { layer, operands, result } = page;
  const unit = unitOf(view, layer);
  const number = (name: string): number => view.tensors[name].data[selectedOf(view, name)];
  const value = (name: string): string => short(number(name));
  const at = (tensor: string, ...index: (number | string)[]): TensorPart => ({ tensor, index });
  /** The element that is looked at. */
  const here = (name: string): TensorPart => at(name, ...indexIn(view, name, selectedOf(view, name)));
  const [first, second, third] = operands;
  switch (page.kind) {
    case 'sum':
      return [
        ...[here(result), '=', '∑j', at(first, unit, 'j'), at(second, 'j'), '+', at(third, unit)],
        ...['=', value(result), 'where', at(third, unit), '=', value(third)],
      ];
    case 'convolution':
      return [
        here(result),
        '=',
        '∑',
        { tensor: first },
        { tensor: second },
        '+',
        factor(value(third)),
        '=',
        value(result),
      ];
    case 'activation':
      return [here(result), '=', 'σ', '(', value(first), ')', '=', value(result)];
    case 'pooling':
      return [here(result), '=', value(result)];
    case 'dropout': {
      const kept = number(first);
      if (Number.isNaN(kept)) return [here(result), '=', '0', 'where', here(second), '=', '0'];
      const scale = short(1 - view.layers[layer - 1].rate!);
      return [here(result), '=', short(kept), '·', factor(value(second)), '/', scale, '=', value(result)];
    }
    case 'normalisation': {
      const root: Part[] = ['√', '(', value(third), '+', short(EPSILON), ')'];
      const difference: Part[] = ['(', value(first), '−', factor(value(second)), ')'];
      return [here(result), '=', ...difference, '/', ...root, '=', value(result)];
    }
    case 'rescaling':
      return [
        here(result),
        '=',
        value(first),
        '·',
        factor(value(second)),
        '+',
        factor(value(third)),
        '=',
        value(result),
      ];
    case 'skip': {
      const terms = operands.flatMap((name, i): Part[] => [
        ...(i > 0 ? ['+'] : []),
        factor(short(view.tensors[name].data[unit])),
      ]);
      return [here(result), '=', ...terms, '=', value(result)];
    }
    case 'probabilities':
      return view.config.loss === 'crossEntropy'
        ? [at('p', unit), '=', { power: value(first) }, '/', '∑j', { power: at(first, 'j') }, '=', value('p')]
        : [at('p', unit), '=', 'σ', '(', value(first), ')', '=', value('p')];
    case 'loss':
      return workedLoss(view, first, second, unit);
    case 'outputError': {
      const difference: Part[] = [value(first), '−', value('y')];
      const product: Part[] = third ? ['(', ...difference, ')', '·', value(third)] : difference;
      return [at(result, unit), '=', ...product, '=', value(result)];
    }
    case 'hiddenError': {
      const terms = view.values.consumersOf(layer).map((m) => workedBack(view, m, unit));
      const slope = operands.includes(`slope${layer}`) ? factor(value(`slope${layer}`)) : undefined;
      const sum = terms.flatMap((term, i): Part[] => [...(i > 0 ? ['+'] : []), ...term]);
      return [here(result), '=', ...(slope ? ['(', ...sum, ')', '·', slope] : sum), '=', value(result)];
    }
    case 'weightGradient':
      return [
        ...[here(result), '=', at(first, unit), here(second)],
        ...['=', value(first), '·', factor(value(second)), '=', value(result)],
      ];
    case 'filterGradient':
      return [here(result), '=', '∑', at(first, 'y', 'x'), { tensor: second }, '=', value(result)];
    case 'gammaGradient':
    case 'biasGradient': {
      const isSum = view.tensors[result].data.length < view.tensors[first].data.length;
      const factors = operands.map((name) => (isSum ? at(name, 'y', 'x') : here(name)));
      return [here(result), '=', ...(isSum ? ['∑', ...factors] : factors), '=', value(result)];
    }
    case 'average':
      return [here(result), '=', value(result), 'where', here(first), '=', value(first)];
    case 'update': {
      const step: Part[] = [value(first), '−', short(view.learningRate), '·', factor(value(second))];
      return [here(result), '=', ...step, '=', value(result)];
    }
  }
}

/** What a layer sends back to a number: written out where it is short, else as its sum, which is taken apart beside it. */
function workedBack(view: View, m: number, index: number): Part[] {
  const { kind, rate, window } = view.layers[m - 1];
  const upstream = view.tensors[view.values.gradientOf(m)].data;
  const number = (name: string): string => factor(short(view.tensors[name].data[index]));
  switch (kind) {
    case 'dense':
      return ['∑k', { tensor: `W${m}`, index: ['k', index] }, { tensor: `delta${m}`, index: ['k'] }];
    case 'conv2d':
      return ['∑', { tensor: `W${m}` }, { tensor: `delta${m}` }];
    case 'dropout':
      return [number(`mask${m}`), '·', number(view.values.gradientOf(m)), '/', short(1 - rate!)];
    case 'activation':
      return [number(view.values.gradientOf(m)), '·', number(`rise${m}`)];
    case 'averagePool2d': {
      const output = pooledInto(windowed(view.layers[m - 1]), index);
      return output < 0 ? ['0'] : [factor(short(upstream[output])), '/', `${window!.size ** 2}`];
    }
    case 'batchNorm':
    case 'layerNorm': {
      const { r, g, mean, meanWith, normalized } = normBack(view, m, index);
      const [each, of, centre, along] = [r, g, mean, normalized].map((x) => factor(short(x)));
      return [each, '·', '(', of, '−', centre, '−', along, '·', factor(short(meanWith)), ')'];
    }
    default:
      return [factor(short(cameBack(view, m, index)))];
  }
}

const factor = (text: string): string => (text.startsWith('−') ? `(${text})` : text);

/** The wanted output is 1 for one class and 0 for the others, so that of each logarithm one term is left. */
function workedLoss(view: View, first: string, second: string, unit: number): Part[] {
  const { losses, y } = view.tensors;
  const total = short(losses.data.reduce((sum, term) => sum + term, 0));
  const value = (name: string, i: number): string => short(view.tensors[name].data[i]);
  switch (view.config.loss) {
    case 'crossEntropy':
      return [
        { tensor: 'losses' },
        '=',
        '−',
        'ln',
        { tensor: 'p', index: [view.label] },
        '=',
        '−',
        'ln',
        value('p', view.label),
        '=',
        total,
      ];
    case 'binaryCrossEntropy': {
      const term: Part[] =
        y.data[unit] === 1 ? ['−', 'ln', value('p', unit)] : ['−', 'ln', '(', '1', '−', value('p', unit), ')'];
      return [
        { tensor: 'losses', index: [unit] },
        '=',
        ...term,
        '=',
        short(losses.data[unit]),
        'of',
        { tensor: 'losses' },
        '=',
        total,
      ];
    }
    case 'quadratic':
      return [
        ...[{ tensor: 'losses', index: [unit] }, '=', '½', '(', value(first, unit), '−', value(second, unit), ')', '²'],
        ...['=', short(losses.data[unit]), 'of', { tensor: 'losses' }, '=', total],
      ];
  }
}
