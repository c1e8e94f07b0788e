/**
 * The CPU reference: runs the graph, node by node, with naive loops in f64 (or stored as f32, for `device: 'cpu'`). With
 * `bounds` it carries along, for every element, a bound on how far f32 arithmetic on a GPU may end up from it: the op's own
 * rounding plus what the errors of its operands do to the result.
 */
import type { Graph, Node } from './graph.ts';
import { TINY } from './ops/numerics.ts';
import type { PointwiseOp, Value } from './ops/op.ts';
import { tensors } from './ops/shapes.ts';
import type { StepRow } from './step.ts';
import { columns, rows, size } from './tensor.ts';

export interface EvaluateOptions {
  readonly step: StepRow;
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
    if (!values.has(node)) values.set(node, options.leaf(node));
    return values.get(node)!;
  };
  for (const node of graph.nodes) {
    if (node.op.kind === 'leaf') continue;
    const computed = compute(node, tensors(node.inputs).map(at), options);
    values.set(node, options.observe?.(node, computed) ?? computed);
  }
  return values;
}

function compute(node: Node, inputs: readonly Value[], { step, bounds, single }: EvaluateOptions): Value {
  const { op, shape } = node;
  if (op.kind === 'leaf') throw new Error(`${op.name} is a leaf: it is given, not computed`);
  if (op.kind === 'pointwise') return pointwise(op, node, inputs, step, Boolean(bounds), Boolean(single));
  const exact = op.reference(inputs, node, step);
  const error = bounds ? op.error(inputs, exact, node, step) : undefined;
  return { shape, data: single ? Float32Array.from(exact) : exact, error };
}

function pointwise(
  op: PointwiseOp,
  node: Node,
  inputs: readonly Value[],
  step: StepRow,
  bounds: boolean,
  single: boolean,
): Value {
  const { shape, attributes } = node;
  const [m, n] = [rows(shape), columns(shape)];
  const data = single ? new Float32Array(size(shape)) : new Float64Array(size(shape));
  const error = bounds ? new Float64Array(size(shape)) : undefined;
  // A single column is repeated, and each row of an operand serves as many rows of the result as there are to one.
  const repeats = inputs.map((input) => m / rows(input.shape));
  const widths = inputs.map((input) => columns(input.shape));
  const from = (k: number, i: number, j: number): number =>
    Math.floor(i / repeats[k]) * widths[k] + (widths[k] === 1 ? 0 : j);
  const args = new Array<number>(inputs.length);
  const place = { attributes, step, row: 0, column: 0 };
  for (let i = 0; i < m; i++) {
    place.row = i;
    for (let j = 0; j < n; j++) {
      place.column = j;
      for (let k = 0; k < args.length; k++) args[k] = inputs[k].data[from(k, i, j)];
      const result = op.f(args, place);
      data[i * n + j] = result;
      if (error) {
        // An operand below the smallest normal number may count as 0, and so may what comes of it.
        const errors = inputs.map((input, k) => {
          const flushed = Math.abs(args[k]) < TINY ? Math.abs(args[k]) : 0;
          return (input.error?.[from(k, i, j)] ?? 0) + flushed;
        });
        error[i * n + j] = op.rounding(args, result, place) + carried(op, args, errors, result, place) + 4 * TINY;
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
