/**
 * A gated recurrent unit (Cho et al. 2014) over all steps: (x [3 units, L · N], W [3 units, units], b [3 units, 1], mask [1, L · N])
 * -> h [units, L · N], where x is what the inputs give to the gates r, z, n, in this order, as in PyTorch's `GRU`:
 *   s = W h + b, r = σ(x_r + s_r), z = σ(x_z + s_z), n = tanh(x_n + r s_n), h′ = (1 − z) n + z h, from h = 0 on.
 * The mask may be left out; where it is 0, h′ = h. One kernel runs all steps of a sample.
 */
import gruHiddenGradientWgsl from '../../shaders/gru_hidden_gradient.wgsl';
import gruCellWgsl from '../../shaders/load/gru_cell.wgsl';
import gruCellGradientWgsl from '../../shaders/load/gru_cell_gradient.wgsl';
import recurrentWgsl from '../../shaders/recurrent.wgsl';
import recurrentGradientWgsl from '../../shaders/recurrent_gradient.wgsl';
import { columns, size, stride } from '../base/tensor.ts';
import { append, type Node } from '../graph/graph.ts';
import type { Case, KernelOp, Value } from '../graph/op.ts';
import { matmul } from './matmul.ts';
import { rowSum } from './row-sum.ts';
import { exact, minus, plus, times } from './shared/bounded.ts';
import { grid } from './shared/grid.ts';
import {
  bounded,
  checkRecurrence,
  dot,
  element,
  extent,
  hiddenSums,
  hyperbolic,
  once,
  probing,
  recurrenceCases,
  rest,
  sigma,
  slopeOfTanh,
  walking,
  walkingForms,
} from './shared/recurrence.ts';
import { counts } from './steps.ts';

function states([x, W, b, mask]: readonly Value[], node: Node) {
  const width = columns(node.shape);
  const { units, steps, N } = extent(node, node.inputs[1], width);
  const h = bounded(units, width);
  for (let at = 0; at < steps * N; at++) {
    const before = (unit: number) => (at < N ? exact(0) : h.at(unit, at - N));
    for (let unit = 0; unit < units; unit++) {
      if (!counts(mask, at)) {
        h.put(unit, at, before(unit));
        continue;
      }
      const given = (gate: number) => element(x, (gate * units + unit) * width + at);
      const sum = (gate: number) => {
        const row = gate * units + unit;
        return dot(element(b, row), units, (k) => [element(W, row * units + k), before(k)]);
      };
      const r = sigma(plus(given(0), sum(0)));
      const toZ = plus(given(1), sum(1));
      const n = hyperbolic(plus(given(2), times(r, sum(2))));
      h.put(unit, at, plus(times(rest(toZ), n), times(sigma(toZ), before(unit))));
    }
  }
  return h;
}

/** Attribute `steps`: L. */
export const gru: KernelOp = {
  kind: 'kernel',
  name: 'gru',
  shape(inputs, { steps }) {
    return [checkRecurrence('gru', 3, inputs, Number(steps)), columns(inputs[0].shape)];
  },
  gradient(graph, node, upstream) {
    const { attributes } = node;
    const [x, W, , mask] = node.inputs;
    const hidden = once(() => hiddenSums(graph, node, node));
    const gates = once(() => {
      const { before, sums } = hidden();
      return append(graph, gruGradient, [upstream, x, sums, before, W, ...(mask ? [mask] : [])], attributes);
    });
    const toSums = once(() => append(graph, gruHiddenGradient, [gates(), x, hidden().sums]));
    return [
      gates,
      () => append(graph, matmul, [toSums(), hidden().before], { transposeB: true }),
      () => append(graph, rowSum, [toSums()]),
      undefined,
    ];
  },
  reference: (inputs, node) => states(inputs, node).data(),
  error: (inputs, _data, node) => states(inputs, node).error(),
  forms: walkingForms(1),
  probe: probing(3, () => gru),
  body(node, { form } = {}) {
    const [x, W, b, mask] = node.inputs;
    const shaders = [recurrentWgsl, gruCellWgsl];
    return walking(node, { title: 'gru', shaders, operands: { X: x, W, B: b }, mask }, form);
  },
};

export const gruCases = (): readonly Case[] => recurrenceCases(3);

function passedBack([g, x, s, before, W, mask]: readonly Value[], node: Node) {
  const width = columns(node.shape);
  const { units, steps, N } = extent(node, node.inputs[4], width);
  const gates = bounded(3 * units, width);
  const carried = bounded(units, width + N);
  for (let at = steps * N - 1; at >= 0; at--) {
    const deltas = bounded(3 * units, 1);
    for (let unit = 0; unit < units; unit++) {
      const place = unit * width + at;
      const delta = plus(carried.at(unit, at + N), element(g, place));
      if (!counts(mask, at)) {
        carried.put(unit, at, delta);
        continue;
      }
      const given = (value: Value, gate: number) => element(value, (gate * units + unit) * width + at);
      const toR = plus(given(x, 0), given(s, 0));
      const toZ = plus(given(x, 1), given(s, 1));
      const [r, z] = [sigma(toR), sigma(toZ)];
      const n = hyperbolic(plus(given(x, 2), times(r, given(s, 2))));
      const dn = times(times(delta, rest(toZ)), slopeOfTanh(n));
      const dr = times(times(times(dn, given(s, 2)), r), rest(toR));
      const dz = times(times(times(delta, minus(element(before, place), n)), z), rest(toZ));
      for (const [gate, value] of [dr, dz, dn].entries()) gates.put(gate * units + unit, at, value);
      for (const [gate, value] of [dr, dz, times(dn, r)].entries()) deltas.put(gate * units + unit, 0, value);
      carried.put(unit, at, times(delta, z));
    }
    if (!counts(mask, at)) continue;
    for (let unit = 0; unit < units; unit++) {
      const sum = dot(exact(0), 3 * units, (j) => [element(W, j * units + unit), deltas.at(j, 0)]);
      carried.put(unit, at, plus(carried.at(unit, at), sum));
    }
  }
  return gates;
}

/** (upstream [units, L · N], x, s, h of the step before, W, mask) -> ∂C of the gates, [3 units, L · N]. */
export const gruGradient: KernelOp = {
  kind: 'kernel',
  name: 'gruGradient',
  shape: ([, x]) => x.shape,
  reference: (inputs, node) => passedBack(inputs, node).data(),
  error: (inputs, _data, node) => passedBack(inputs, node).error(),
  forms: walkingForms(4),
  body(node, { form } = {}) {
    const [g, x, s, before, W, mask] = node.inputs;
    const shaders = [recurrentGradientWgsl, gruCellGradientWgsl];
    return walking(node, { title: 'gru ∂', shaders, operands: { G: g, X: x, S: s, H: before, W }, mask }, form);
  },
};

export const gruGradientCases = (): readonly Case[] =>
  [
    { units: 3, steps: 4, N: 5 },
    { units: 4, steps: 3, N: 2, mask: [1, 1, 0, 1, 1, 0] },
  ].map(({ units, steps, N, mask }) => {
    const [states, gates] = [
      [units, steps * N],
      [3 * units, steps * N],
    ];
    return {
      shapes: [states, gates, gates, states, [3 * units, units], ...(mask ? [[1, mask.length]] : [])],
      attributes: { steps },
      values: [undefined, undefined, undefined, undefined, undefined, mask],
      domain: [
        [-2, 2],
        [-2, 2],
        [-2, 2],
        [-1, 1],
        [-1 / units, 1 / units],
        [0, 1],
      ],
    };
  });

function toHidden([d, x, s]: readonly Value[]) {
  const [height, width] = d.shape;
  const sums = bounded(height, width);
  const units = height / 3;
  for (let row = 0; row < height; row++)
    for (let col = 0; col < width; col++) {
      const [own, gate] = [row * width + col, (row - 2 * units) * width + col];
      const r = row < 2 * units ? undefined : sigma(plus(element(x, gate), element(s, gate)));
      sums.put(row, col, r ? times(element(d, own), r) : element(d, own));
    }
  return sums;
}

/** (∂C of the gates, x, s) -> ∂C of the sums s = W h + b, of one shape [3 units, L · N]. */
export const gruHiddenGradient: KernelOp = {
  kind: 'kernel',
  name: 'gruHiddenGradient',
  shape: ([d]) => d.shape,
  reference: (inputs) => toHidden(inputs).data(),
  error: (inputs) => toHidden(inputs).error(),
  body: ({ inputs: [d, x, s], shape }, { lanes = 64 } = {}) => ({
    shaders: [gruHiddenGradientWgsl],
    constants: { UNITS: shape[0] / 3, TOTAL: shape[1], STRIDE: stride(shape) },
    operands: { D: d, X: x, S: s },
    epilogues: { finish: shape },
    lanes,
    workgroups: grid(size(shape), lanes),
  }),
};

export const gruHiddenGradientCases = (): readonly Case[] => [
  {
    shapes: [
      [9, 10],
      [9, 10],
      [9, 10],
    ],
  },
];
