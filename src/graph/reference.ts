/**
 * The CPU reference: runs the graph, node by node, with naive loops in f64 (or stored as f32, for `device: 'cpu'`). With
 * `bounds` it carries along, for every element, a bound on how far f32 arithmetic on a GPU may end up from it: the op's own
 * rounding plus what the errors of its operands do to the result.
 */
import { TINY } from '../base/float32.ts';
import { columns, rows, size } from '../base/tensor.ts';
import type { Graph, Node } from './graph.ts';
import { constant, tensors, valuesOf } from './leaf.ts';
import type { PointwiseOp, Value } from './op.ts';
import type { StepRow } from './step-row.ts';
import { slotAt, slotsOf } from './storage.ts';

export interface EvaluateOptions {
  readonly step: StepRow;
  /** The value of a leaf that is no constant. */
  leaf(node: Node): Value;
  readonly bounds?: boolean;
  /** Store every tensor as f32. */
  readonly single?: boolean;
  /** Sees each value as it is computed; what it returns takes its place. */
  observe?(node: Node, value: Value): Value;
}

/** The value of every node of the graph; leaves are asked for when something reads them. */
export function evaluate(graph: Graph, options: EvaluateOptions): Map<Node, Value> {
  const values = new Map<Node, Value>();
  const at = (node: Node): Value => {
    if (!values.has(node)) values.set(node, node.op === constant ? constantOf(node) : options.leaf(node));
    return values.get(node)!;
  };
  for (const node of graph.nodes) {
    if (node.op.kind === 'leaf') continue;
    const computed = compute(node, tensors(node.inputs).map(at), options);
    values.set(node, options.observe?.(node, computed) ?? computed);
  }
  return values;
}

const constantOf = (node: Node): Value => ({ shape: node.shape, data: valuesOf(node) });

function compute(node: Node, inputs: readonly Value[], { step, bounds, single }: EvaluateOptions): Value {
  const { op, shape } = node;
  if (op.kind === 'leaf') throw new Error(`${op.name} is a leaf: it is given, not computed`);
  if (op.kind === 'pointwise') {
    const evaluateOn = slotsOf(node) > 1 ? inSlot : pointwise;
    return evaluateOn(op, node, inputs, step, Boolean(bounds), Boolean(single));
  }
  const exact = op.reference(inputs, node, step);
  const error = bounds ? op.error(inputs, exact, node, step) : undefined;
  return { shape, data: single ? Float32Array.from(exact) : exact, error };
}

/** The slot of the step, overwritten; the other slots stay as they are. */
const inSlot: typeof pointwise = (op, node, inputs, step, bounds, single) => {
  const whole = inputs[op.inPlace!];
  const shape = [op.planes!, ...node.shape.slice(1)];
  const place = slotAt(node, step);
  const [from, to] = [place * size(shape), (place + 1) * size(shape)];
  const slot = { shape, data: whole.data.subarray(from, to), error: whole.error?.subarray(from, to) };
  const { data, error } = pointwise(op, { ...node, shape }, inputs.with(op.inPlace!, slot), step, bounds, single);
  const result = { data: single ? Float32Array.from(whole.data) : Float64Array.from(whole.data) };
  result.data.set(data, from);
  if (!error) return { shape: node.shape, ...result };
  const errors = whole.error ? Float64Array.from(whole.error) : new Float64Array(result.data.length);
  errors.set(error, from);
  return { shape: node.shape, ...result, error: errors };
};

function pointwise(
  op: PointwiseOp,
  node: Node,
  inputs: readonly Value[],
  step: StepRow,
  bounds: boolean,
  single: boolean,
): Value {
  const { shape, attributes } = node;
  const planes = op.planes ?? 1;
  const [m, n] = [rows(shape) / planes, columns(shape)];
  const data = single ? new Float32Array(size(shape)) : new Float64Array(size(shape));
  const error = bounds ? new Float64Array(size(shape)) : undefined;
  // A single column is repeated, and each row of an operand serves as many rows of the result as there are to one.
  const operands = inputs.flatMap((input, k) => {
    const parts = k === op.inPlace ? planes : 1;
    const height = rows(input.shape) / parts;
    const width = columns(input.shape);
    return Array.from({ length: parts }, (_, part) => ({ ...input, first: part * height * width, height, width }));
  });
  const from = (k: number, i: number, j: number): number => {
    const { first, height, width } = operands[k];
    return first + Math.floor((i * height) / m) * width + (width === 1 ? 0 : j);
  };
  const args = new Array<number>(operands.length);
  const place = { attributes, step, row: 0, column: 0, plane: 0 };
  for (let r = 0; r < planes * m; r++) {
    place.plane = Math.floor(r / m);
    const i = r % m;
    place.row = i;
    for (let j = 0; j < n; j++) {
      place.column = j;
      for (let k = 0; k < args.length; k++) args[k] = operands[k].data[from(k, i, j)];
      const result = op.f(args, place);
      const at = r * n + j;
      data[at] = result;
      if (error) {
        // An operand below the smallest normal number may count as 0, and so may what comes of it.
        const errors = operands.map((operand, k) => {
          const flushed = Math.abs(args[k]) < TINY ? Math.abs(args[k]) : 0;
          return (operand.error?.[from(k, i, j)] ?? 0) + flushed;
        });
        error[at] = op.rounding(args, result, place) + carried(op, args, errors, result, place) + 4 * TINY;
      }
    }
  }
  return { shape, data, error };
}

/** What the errors of the operands do to f: the larger move of f when an operand moves by its error, to first order. */
function carried(
  op: PointwiseOp,
  args: readonly number[],
  errors: readonly number[],
  result: number,
  place: Parameters<PointwiseOp['f']>[1],
): number {
  let total = 0;
  errors.forEach((e, k) => {
    if (e === 0) return;
    const moved = (by: number) => Math.abs(op.f(args.with(k, args[k] + by), place) - result);
    total += Math.max(moved(e), moved(-e));
  });
  return total;
}
