/** Recurrent layers: the gates in the order of PyTorch, one direction. */
import { size } from '../../base/tensor.ts';
import { type Constant, isBatch } from './constant.ts';
import type { Site } from './site.ts';
import { type Data, dataOf, Refusal, type Source, type Step, sampleOf } from './value.ts';

/** For each gate of PyTorch, the number of the same one of ONNX: r z n of z r h, and i f g o of i o f c. */
const gates = { GRU: [1, 0, 2], LSTM: [0, 2, 3, 1] };

/** [L, N, features] -> [L, 1, N, units] of all steps, and [1, N, units] of the last one. */
export function recurrent(site: Site): (Data | undefined)[] {
  const op = site.node.op as keyof typeof gates;
  const order = gates[op];
  const direction = site.text('direction', 'forward');
  if (direction !== 'forward') throw new Refusal(`direction = ${direction}`);
  for (const name of ['activations', 'activation_alpha', 'activation_beta', 'clip'])
    if (site.has(name)) throw new Refusal(`attribute "${name}"`);
  site.only('layout', 0);
  site.only('input_forget', 0);
  if (op === 'GRU') site.only('linear_before_reset', 1);
  const units = site.int('hidden_size', 0);
  const x = site.data(0);
  const shape = sampleOf(x.dims);
  if (x.dims.length !== 3 || !isBatch(x.dims[1])) throw new Refusal('expected steps first, and the batch second');
  const width = order.length * units;
  const W = site.weights(1, [1, width, shape[1]], 'W');
  const R = site.weights(2, [1, width, units], 'R');
  const B = site.value(3) ? site.weights(3, [1, 2 * width], 'B') : undefined;
  if (site.value(4)) throw new Refusal('lengths of sequences: expected a graph for sequences of one length');
  demandZeros(site, [5, 6]);
  if (site.value(7)) throw new Refusal('input P');
  if (site.usesOf(2) > 0) throw new Refusal('the state of the cells as an output that is used: no layer gives it');
  const tensors = {
    weight_ih_l0: inOrder(W, 0, order, [width, shape[1]]),
    weight_hh_l0: inOrder(R, 0, order, [width, units]),
    bias_ih_l0: B ? inOrder(B, 0, order, [width]) : zeros(width),
    bias_hh_l0: B ? inOrder(B, 1, order, [width]) : zeros(width),
  };
  const input = site.steps.shaped(x.step(), shape);
  const make = (sequence: boolean): Step =>
    site.steps.append({ layer: op === 'GRU' ? 'gru' : 'lstm', units, sequence, mask: false }, [input], tensors);
  const [L, N] = x.dims;
  const [all, last] = [0, 1].map((i) => site.usesOf(i) > 0);
  if (all && last) throw new Refusal('all states and the last one are used, expected one of them');
  return [
    all ? dataOf([L, 1, N, units], make(true)) : undefined,
    last ? dataOf([1, N, units], make(false)) : undefined,
  ];
}

/** The first states, which are 0 here. */
function demandZeros(site: Site, places: readonly number[]): void {
  for (const place of places) {
    const first = site.constant(place, 'the first state');
    if (first && Array.from(first.numbers()).some((value) => value !== 0))
      throw new Refusal('a first state that is not 0');
  }
}

const zeros = (count: number): Source => ({
  ...{ key: `0 x ${count}`, shape: [count] },
  numbers: () => new Float32Array(count),
});

/** The gates in another order, of one part of as many numbers as the shape says. */
function inOrder(of: Constant, part: number, order: readonly number[], shape: readonly number[]): Source {
  const count = size(shape);
  const each = count / order.length;
  const numbers = (): Float32Array => {
    const from = of.numbers();
    const first = part * count;
    return Float32Array.from(
      { length: count },
      (_, i) => from[first + order[Math.floor(i / each)] * each + (i % each)],
    );
  };
  return { key: `${of.key} part ${part}`, shape, numbers };
}

/** The state of one step of a sequence, where it is the last: the layer then gives that one alone. */
export function lastState(site: Site, step: Step): Step | undefined {
  const { layer, of, tensors } = step;
  if (layer?.layer === 'reshape' || layer?.layer === 'flatten') return lastState(site, of[0]);
  if (layer?.layer !== 'gru' && layer?.layer !== 'lstm') return undefined;
  return layer.sequence ? site.steps.append({ ...layer, sequence: false }, of, tensors) : undefined;
}
