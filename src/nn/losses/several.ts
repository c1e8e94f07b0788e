/** The losses of several outputs as one: each on its part of the targets, and the weighted sum of them. */
import { checkKeys, checkNumber } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { rows, type Shape, size } from '../../base/tensor.ts';
import { append, type Graph, type Node, rename } from '../../graph/graph.ts';
import { copy, sumOf, times } from '../../ops/arithmetic.ts';
import { columnSum } from '../../ops/column-sum.ts';
import { axesOf, reshape } from '../../ops/reshape.ts';
import { slice } from '../../ops/rows.ts';
import { linear } from '../layers/activation.ts';
import type { Output } from '../layers/layer.ts';
import { appendLoss, checkLast, checkLoss, type LossFunction, type LossRule, ofRule } from './loss.ts';

/** One loss for several outputs, in their order. Throws ArgumentError for a loss or a weight that is none. */
export function severalLosses(
  outputs: readonly Output[],
  losses: Readonly<Record<string, LossFunction>>,
  weights: Readonly<Record<string, number>> = {},
  where: string,
): LossFunction {
  checkKeys(
    `${where}: lossWeights`,
    weights,
    outputs.map(({ name }) => name),
  );
  const heads = outputs.map(({ name, shape, layer }) => {
    const [loss, weight = 1] = [losses[name], weights[name]];
    checkNumber(`${where}: lossWeights.${name}`, weight, 'a finite number ≥ 0', (value) => value >= 0);
    checkLoss(`${where}: loss.${name}`, loss);
    checkLast(layer, shape, loss);
    const choices = loss.question === 'class' ? size(shape) / shape[0] : 1;
    return { name, loss, weight, outputs: size(shape), choices };
  });
  const [{ loss: first }] = heads;
  if (heads.some(({ loss }) => loss.mean !== first.mean))
    throw new ArgumentError(`${where}: loss: expected one reduction for all outputs, found 'mean' and 'sum'`);
  return { ...ofRule(rule, { reduction: first.mean ? 'mean' : 'sum' }), heads };
}

/** The terms of each output are `losses.name`, and its targets `y.name`. */
const rule: LossRule = {
  name: 'several',
  question: 'values',
  prediction: linear,
  threshold: 0.5,
  settings: {},
  append({ graph, loss, outputs, y, weights }) {
    let first = 0;
    const sums = loss.heads!.map(({ name, loss, weight }, i): Node => {
      const output = outputs[i];
      const targets = part(graph, y, output.shape, first);
      first += rows(output.shape);
      rename(graph, targets, `y.${name}`);
      const terms = appendLoss(graph, loss, output, targets, { suffix: `.${name}`, weights });
      const sum = rows(terms.shape) === 1 ? terms : append(graph, columnSum, [terms]);
      rename(graph, terms, `losses.${name}`);
      return weight === 1 ? sum : append(graph, times, [sum], { factor: weight });
    });
    const all = sumOf(graph, sums);
    return all.name ? append(graph, copy, [all]) : all;
  },
};

/** The rows of y from `first` on that are targets of this shape. */
function part(graph: Graph, y: Node, shape: Shape, first: number): Node {
  const found = append(graph, slice, [y], { first, count: rows(shape) });
  return shape.length === 2 ? found : append(graph, reshape, [found], axesOf(shape));
}
