/** What losses are made of: terms, element by element or of a whole column, and the targets that they take. */
import { ArgumentError } from '../../base/errors.ts';
import { append, type Node } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { lossTerms } from '../../ops/loss.ts';
import type { Loss } from '../../ops/loss-table.ts';
import type { LastLayer, LossFunction, LossSite, TargetRule } from './loss.ts';

/** Terms c(a, y), one for each output, times a factor. */
export function appendTerms({ graph, loss, output, y }: LossSite, term: Loss, factor = 1): Node {
  return append(graph, lossTerms, [output, y, stepOf(graph)], { term, factor, mean: loss.mean });
}

/** What arithmetic in 32-bit floats may make of a probability of 1. */
const MOST = 1 + 1e-6;

export const probabilities: TargetRule = {
  expected: 'a probability, from 0 to 1,',
  takes: (y) => y >= 0 && y <= MOST,
  range: [0, 1],
};

/** Throws ArgumentError where the outputs are no probabilities. */
export function checkProbabilities({ name }: LossFunction, { activation }: LastLayer): void {
  if (activation === 'sigmoid' || activation === 'softmax') return;
  throw new ArgumentError(
    `${name} works on probabilities: expected a last layer with sigmoid or softmax, found ${activation}`,
  );
}
