/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with forget gates) over all steps: (x [4 units, L · N], W [4 units, units],
 * b [4 units, 1], mask [1, L · N]) -> h [units, L · N], where x is what the inputs give to the gates i, f, g, o, in this order, as
 * in PyTorch's `LSTM`:
 *   i, f, o = σ(x + W h + b), g = tanh(x + W h + b), c′ = f c + i g, h′ = o tanh(c′), from h = c = 0 on.
 * The mask may be left out; where it is 0, h′ = h and c′ = c. One kernel runs all steps of a sample.
 */
import lstmCellWgsl from '../../shaders/load/lstm_cell.wgsl';
import lstmCellGradientWgsl from '../../shaders/load/lstm_cell_gradient.wgsl';
import lstmCellsWgsl from '../../shaders/lstm_cells.wgsl';
import recurrentWgsl from '../../shaders/recurrent.wgsl';
import recurrentGradientWgsl from '../../shaders/recurrent_gradient.wgsl';
import { columns } from '../base/tensor.ts';
import { append, type Node } from '../graph/graph.ts';
import type { Case, KernelOp, Value } from '../graph/op.ts';
import { add } from './arithmetic.ts';
import { matmul } from './matmul.ts';
import { rowSum } from './row-sum.ts';
import { type Bounded, exact, plus, times } from './shared/bounded.ts';
import { grid } from './shared/grid.ts';
import {
  bounded,
  checkRecurrence,
  dot,
  element,
  extent,
  hiddenSums,
  hyperbolic,
  masking,
  once,
  probing,
  recurrenceCases,
  rest,
  sigma,
  slopeOfTanh,
  strides,
  walking,
  walkingForms,
} from './shared/recurrence.ts';
import { counts } from './steps.ts';

/** c′ of the gates before σ and tanh. */
const nextCell = ([i, f, g]: readonly Bounded[], c: Bounded): Bounded =>
  plus(times(sigma(f), c), times(sigma(i), hyperbolic(g)));

const GATES = [0, 1, 2, 3];

function states([x, W, b, mask]: readonly Value[], node: Node) {
  const width = columns(node.shape);
  const { units, steps, N } = extent(node, node.inputs[1], width);
  const [h, cells] = [bounded(units, width), bounded(units, width)];
  for (let at = 0; at < steps * N; at++) {
    const before = (of: typeof h, unit: number) => (at < N ? exact(0) : of.at(unit, at - N));
    for (let unit = 0; unit < units; unit++) {
      if (!counts(mask, at)) {
        for (const of of [h, cells]) of.put(unit, at, before(of, unit));
        continue;
      }
      const gates = GATES.map((gate) => {
        const row = gate * units + unit;
        const sum = dot(element(b, row), units, (k) => [element(W, row * units + k), before(h, k)]);
        return plus(element(x, row * width + at), sum);
      });
      const c = nextCell(gates, before(cells, unit));
      cells.put(unit, at, c);
      h.put(unit, at, times(sigma(gates[3]), hyperbolic(c)));
    }
  }
  return h;
}

/** Attribute `steps`: L. */
export const lstm: KernelOp = {
  kind: 'kernel',
  name: 'lstm',
  shape(inputs, { steps }) {
    return [checkRecurrence('lstm', 4, inputs, Number(steps)), columns(inputs[0].shape)];
  },
  gradient(graph, node, upstream) {
    const { attributes } = node;
    const [x, W, , mask] = node.inputs;
    const masked = mask ? [mask] : [];
    const hidden = once(() => hiddenSums(graph, node, node));
    const deltas = once(() => {
      const gates = append(graph, add, [hidden().sums, x]);
      const cells = append(graph, lstmCells, [gates, ...masked], attributes);
      return append(graph, lstmGradient, [upstream, gates, cells, W, ...masked], attributes);
    });
    return [
      deltas,
      () => append(graph, matmul, [deltas(), hidden().before], { transposeB: true }),
      () => append(graph, rowSum, [deltas()]),
      undefined,
    ];
  },
  reference: (inputs, node) => states(inputs, node).data(),
  error: (inputs, _data, node) => states(inputs, node).error(),
  forms: walkingForms(1),
  probe: probing(4, () => lstm),
  body(node, { form } = {}) {
    const [x, W, b, mask] = node.inputs;
    const shaders = [recurrentWgsl, lstmCellWgsl];
    return walking(node, { title: 'lstm', shaders, operands: { X: x, W, B: b }, mask }, form);
  },
};

export const lstmCases = (): readonly Case[] => recurrenceCases(4);

function cellsOf([gates, mask]: readonly Value[], { shape, attributes }: Pick<Node, 'shape' | 'attributes'>) {
  const [units, width] = shape;
  const N = width / Number(attributes.steps);
  const cells = bounded(units, width);
  for (let at = 0; at < width; at++)
    for (let unit = 0; unit < units; unit++) {
      const before = at < N ? exact(0) : cells.at(unit, at - N);
      const own = [0, 1, 2].map((gate) => element(gates, (gate * units + unit) * width + at));
      cells.put(unit, at, counts(mask, at) ? nextCell(own, before) : before);
    }
  return cells;
}

/** (gates before σ and tanh [4 units, L · N], mask) -> c [units, L · N]. */
export const lstmCells: KernelOp = {
  kind: 'kernel',
  name: 'lstmCells',
  shape: ([gates]) => [gates.shape[0] / 4, columns(gates.shape)],
  reference: (inputs, node) => cellsOf(inputs, node).data(),
  error: (inputs, _data, node) => cellsOf(inputs, node).error(),
  body: ({ inputs: [gates, mask], shape, attributes }, { lanes = 64 } = {}) => {
    const { shaders, operands } = masking(mask);
    const [units, width] = shape;
    const steps = Number(attributes.steps);
    return {
      shaders: [lstmCellsWgsl, ...shaders],
      constants: { UNITS: units, STEPS: steps, COLUMNS: width / steps, ...strides({ A: gates }) },
      operands: { A: gates, ...operands },
      epilogues: { finish: shape },
      lanes,
      workgroups: grid((units * width) / steps, lanes),
    };
  },
};

export const lstmCellsCases = (): readonly Case[] => [
  { shapes: [[12, 20]], attributes: { steps: 4 } },
  {
    shapes: [
      [8, 6],
      [1, 6],
    ],
    attributes: { steps: 3 },
    values: [undefined, [1, 1, 0, 1, 1, 0]],
  },
];

function passedBack([g, gates, cells, W, mask]: readonly Value[], node: Node) {
  const width = columns(node.shape);
  const { units, steps, N } = extent(node, node.inputs[3], width);
  const deltas = bounded(4 * units, width);
  const [carried, carriedCells] = [bounded(units, width + N), bounded(units, width + N)];
  for (let at = steps * N - 1; at >= 0; at--) {
    const isStep = counts(mask, at);
    for (let unit = 0; unit < units; unit++) {
      const place = unit * width + at;
      const delta = plus(carried.at(unit, at + N), element(g, place));
      if (!isStep) {
        carried.put(unit, at, delta);
        carriedCells.put(unit, at, carriedCells.at(unit, at + N));
        continue;
      }
      const [toI, toF, toG, toO] = GATES.map((gate) => element(gates, (gate * units + unit) * width + at));
      const [i, f, tanhG, o] = [sigma(toI), sigma(toF), hyperbolic(toG), sigma(toO)];
      const tanhC = hyperbolic(element(cells, place));
      const before = at < N ? exact(0) : element(cells, place - N);
      const dc = plus(carriedCells.at(unit, at + N), times(times(delta, o), slopeOfTanh(tanhC)));
      const own = [
        times(times(times(dc, tanhG), i), rest(toI)),
        times(times(times(dc, before), f), rest(toF)),
        times(times(dc, i), slopeOfTanh(tanhG)),
        times(times(times(delta, tanhC), o), rest(toO)),
      ];
      for (const [gate, value] of own.entries()) deltas.put(gate * units + unit, at, value);
      carriedCells.put(unit, at, times(dc, f));
    }
    if (!isStep) continue;
    for (let unit = 0; unit < units; unit++) {
      carried.put(
        unit,
        at,
        dot(exact(0), 4 * units, (j) => [element(W, j * units + unit), deltas.at(j, at)]),
      );
    }
  }
  return deltas;
}

/** (upstream [units, L · N], gates before σ and tanh, c, W, mask) -> ∂C of the gates, [4 units, L · N]. */
export const lstmGradient: KernelOp = {
  kind: 'kernel',
  name: 'lstmGradient',
  shape: ([, gates]) => gates.shape,
  reference: (inputs, node) => passedBack(inputs, node).data(),
  error: (inputs, _data, node) => passedBack(inputs, node).error(),
  forms: walkingForms(3),
  body(node, { form } = {}) {
    const [g, gates, cells, W, mask] = node.inputs;
    const shaders = [recurrentGradientWgsl, lstmCellGradientWgsl];
    return walking(node, { title: 'lstm ∂', shaders, operands: { G: g, A: gates, C: cells, W }, mask }, form);
  },
};

export const lstmGradientCases = (): readonly Case[] =>
  [
    { units: 3, steps: 4, N: 5 },
    { units: 4, steps: 3, N: 2, mask: [1, 1, 0, 1, 1, 0] },
  ].map(({ units, steps, N, mask }) => {
    const states = [units, steps * N];
    return {
      shapes: [states, [4 * units, steps * N], states, [4 * units, units], ...(mask ? [[1, mask.length]] : [])],
      attributes: { steps },
      values: [undefined, undefined, undefined, undefined, mask],
      domain: [
        [-2, 2],
        [-2, 2],
        [-2, 2],
        [-1 / units, 1 / units],
        [0, 1],
      ],
    };
  });
