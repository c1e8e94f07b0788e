/**
 * Recurrent layers. ONNX has the steps first, the gates in another order than PyTorch, and one direction or two in an axis of its
 * own. It leaves out steps only at the end of a sequence. So a masked layer moves the steps that count to the front, in their
 * order, and what comes out back to their places.
 */
import type { Gru, Lstm } from '../../nn/layers/index.ts';
import { DATA_TYPES } from '../messages.ts';
import type { Site } from './site.ts';

/** For each gate of ONNX, the number of the same one of PyTorch: z r h of r z n, and i o f c of i f g o. */
const gates = { gru: [1, 0, 2], lstm: [0, 3, 1, 2] };

/** [N, L, features] -> [N, units], or [N, L, units] */
export function appendRecurrent(layer: Gru | Lstm, site: Site): string {
  const { node, integers, inputs, shapes } = site;
  const [x] = inputs;
  const mask = layer.mask ? maskOf(site, x, shapes[0][0]) : undefined;
  const steps = node('Transpose', [mask ? moved(site, x, mask.order) : x], { perm: [1, 0, 2] });
  const given = [steps, ...weightsOf(layer, site), ...(mask ? [mask.count] : [])];
  const isGru = layer.layer === 'gru';
  const attributes = { hidden_size: layer.units, ...(isGru ? { linear_before_reset: 1 } : {}) };
  const [op, place] = [isGru ? 'GRU' : 'LSTM', layer.sequence ? 0 : 1];
  const states = node(op, given, attributes, place);
  // [L, 1, N, units], or the last one alone, [1, N, units]
  const squeezed = node('Squeeze', [states, integers([place === 0 ? 1 : 0])]);
  if (!layer.sequence) return squeezed;
  const all = node('Transpose', [squeezed], { perm: [1, 0, 2] });
  return mask ? node('Mul', [moved(site, all, mask.places), mask.counts]) : all;
}

/** W and R with an axis for directions, and both biases as one. */
function weightsOf(layer: Gru | Lstm, { parameter, nameOf, tensor }: Site): string[] {
  const inOrder = (key: string): Float32Array => {
    const { data } = parameter(key)!;
    const order = gates[layer.layer];
    const size = data.length / order.length;
    const sorted = new Float32Array(data.length);
    order.forEach((gate, i) => {
      sorted.set(data.subarray(gate * size, (gate + 1) * size), i * size);
    });
    return sorted;
  };
  const matrix = (name: string, key: string): string =>
    tensor(nameOf(name), { shape: [1, ...parameter(key)!.shape], data: inOrder(key) });
  const biases = ['bias_ih_l0', 'bias_hh_l0'].map(inOrder);
  const data = Float32Array.from(biases.flatMap((values) => [...values]));
  return [
    matrix('W', 'weight_ih_l0'),
    matrix('R', 'weight_hh_l0'),
    tensor(nameOf('B'), { shape: [1, data.length], data }),
  ];
}

/** What is known of the steps that count, whose numbers are not all 0. */
function maskOf({ node, integers, tensor }: Site, x: string, L: number) {
  const counts = node('Sign', [node('ReduceMax', [node('Abs', [x])], { axes: [2], keepdims: 0 })]); // [N, L]: 1 or 0
  const total = node('ReduceSum', [counts, integers([1])], { keepdims: 0 });
  const ranks = tensor(`constants/ranks of ${L}`, {
    shape: [L],
    data: Float32Array.from({ length: L }, (_, i) => L - i),
  });
  const before = node('CumSum', [counts, integers(1)], { exclusive: 1 });
  return {
    /** Steps that count, of each sample. */
    count: node('Cast', [total], { to: DATA_TYPES.int32 }),
    /** For each place, the step that comes there: those that count first. */
    order: node('TopK', [node('Mul', [counts, ranks]), integers([L])], { axis: 1 }, 1),
    /** For each step, the place where it was. */
    places: node('Cast', [before], { to: DATA_TYPES.int64 }),
    counts: node('Unsqueeze', [counts, integers([2])]),
  };
}

/** x [N, L, ...] with the steps [N, L] of it. */
function moved({ node, integers }: Site, x: string, steps: string): string {
  const indices = node('Expand', [node('Unsqueeze', [steps, integers([2])]), node('Shape', [x])]);
  return node('GatherElements', [x, indices], { axis: 1 });
}
