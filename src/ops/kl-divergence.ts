/**
 * The Kullback–Leibler divergence of softmax(z) from the targets y, from the logits: Σᵢ yᵢ (ln yᵢ − ln pᵢ) of each column, or of the
 * channels at each place of it, where 0 ln 0 is 0. It is the cross-entropy less the entropy of the targets, and so has the same gradient. Weighted as in `loss`.
 */
import klDivergenceWgsl from '../../shaders/kl_divergence.wgsl';
import weighWgsl from '../../shaders/pointwise/weigh.wgsl';
import { DIVISION, literal, logError, TINY, U } from '../base/float32.ts';
import { columns } from '../base/tensor.ts';
import { append } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { weight } from './loss.ts';
import { byColumn, channelWalk, column, inChannels, placesIn } from './shared/columns.ts';
import { equalShapes } from './shared/shapes.ts';
import { placeOf, softmaxCrossEntropyGradient, surprises } from './softmax-cross-entropy.ts';

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** (z, y, step) -> weighted losses [1, N], or [places, N] */
export const klDivergence: KernelOp = {
  kind: 'kernel',
  name: 'klDivergence',
  shape(inputs) {
    const shape = equalShapes('klDivergence', tensors(inputs));
    return [placesIn(shape), columns(shape)];
  },
  lossGradient: (graph, node) => [() => append(graph, softmaxCrossEntropyGradient, node.inputs, node.attributes)],
  reference(inputs, node, step) {
    const [z, y] = inputs.map((value) => inChannels(value));
    return byColumn([1, columns(z.shape)], (j) => {
      const { values } = surprises(z, j);
      const terms = column(y.data, y.shape, j).map((p, i) => (p > 0 ? p * (Math.log(p) + values[i]) : 0));
      return [total(terms) * weight(placeOf(node, step, j))];
    });
  },
  error(inputs, losses, node, step) {
    const [z, y] = inputs.map((value) => inChannels(value));
    return byColumn([1, columns(z.shape)], (j) => {
      const { values, errors } = surprises(z, j);
      const terms = column(y.data, y.shape, j).map((p, i) => {
        if (p <= 0) return TINY;
        const size = Math.abs(Math.log(p)) + Math.abs(values[i]);
        return p * (errors[i] + logError(p) + (4 + errors.length) * U * size) + TINY;
      });
      return [weight(placeOf(node, step, j)) * total(terms) + (2 * U + DIVISION) * Math.abs(losses[j]) + TINY];
    });
  },
  body: ({ inputs: [z, y], attributes, shape }, { lanes } = {}) => {
    const { constants, ...grid } = channelWalk(z.shape, lanes);
    return {
      shaders: [klDivergenceWgsl, weighWgsl],
      constants: { ...constants, FACTOR: literal(Number(attributes.factor ?? 1)), MEAN: Boolean(attributes.mean) },
      operands: { Z: z, Y: y },
      epilogues: { finish: shape },
      columnwise: ['Z', 'Y'],
      ...grid,
    };
  },
};

export const klDivergenceCases = (): readonly Case[] =>
  [
    [1, 1],
    [2, 7],
    [10, 100],
    [33, 7],
    [3, 2, 5, 7],
  ].flatMap((shape) =>
    [true, false].map((mean) => ({
      shapes: [shape, shape, null],
      attributes: { mean, ...(shape.length > 2 && { factor: 0.1 }) },
      domain: [shape[0] === 10 ? [-60, 60] : [-3, 3], [0, 1], [0, 1]] as const,
    })),
  );
