/** One element of an operation, in numbers: 'a¹₅ = σ(0.713) = 0.671'. All of them are read from the tensors. */

import type { View } from './inspection.ts';
import { isMatrix } from './names.ts';
import type { Page, Part, TensorPart } from './pages.ts';
import { selectedOf, unitOf } from './selection.ts';
import { short } from './short-numbers.ts';

export function workedOf(view: View, page: Page): Part[] {
  const { layer, operands, result } = page;
  const unit = unitOf(view, layer);
  const value = (name: string): string => short(view.tensors[name].data[selectedOf(view, name)]);
  const at = (tensor: string, ...index: (number | string)[]): TensorPart => ({ tensor, index });
  const [first, second, third] = operands;
  switch (page.kind) {
    case 'sum':
      return [
        ...[at(result, unit), '=', '∑j', at(first, unit, 'j'), at(second, 'j'), '+', at(third, unit)],
        ...['=', value(result), 'where', at(third, unit), '=', value(third)],
      ];
    case 'activation':
      return [at(result, unit), '=', 'σ', '(', value(first), ')', '=', value(result)];
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
      const sum: Part[] = ['∑k', at(first, 'k', unit), at(second, 'k')];
      return [at(result, unit), '=', ...(third ? ['(', ...sum, ')', '·', value(third)] : sum), '=', value(result)];
    }
    case 'weightGradient': {
      const source = unitOf(view, layer - 1);
      return [
        at(result, unit, source),
        '=',
        at(first, unit),
        at(second, source),
        '=',
        value(first),
        '·',
        factor(value(second)),
        '=',
        value(result),
      ];
    }
    case 'average': {
      const of = at(first, unit, unitOf(view, layer - 1));
      return [{ ...of, tensor: result }, '=', value(result), 'where', of, '=', value(first)];
    }
    case 'update': {
      const source = isMatrix(result) ? [unitOf(view, layer - 1)] : [];
      const step: Part[] = [value(first), '−', short(view.learningRate), '·', factor(value(second))];
      return [at(result, unit, ...source), '=', ...step, '=', value(result)];
    }
    case 'biasGradient':
      return [at(result, unit), '=', at(first, unit), '=', value(result)];
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
