/**
 * Checks a few elements of a kernel's result against the CPU reference and its bounds: the corners and some in between. So a
 * step of any size is checked in the time of a few of its sums.
 */
import { columns, rows, type Shape, stride } from '../base/tensor.ts';
import type { Dispatch } from '../compiler/schedule.ts';
import { compare } from '../graph/check.ts';
import { createGraph, type Graph, label, type Node } from '../graph/graph.ts';
import { batch, leaf, step as stepLeaf, stepOf } from '../graph/leaf.ts';
import type { KernelOp, Patch, Selection } from '../graph/op.ts';
import { evaluate } from '../graph/reference.ts';
import type { StepRow } from '../graph/step-row.ts';
import { storageOf, written } from '../graph/storage.ts';

/** A tensor as it lies in GPU memory, by its name. */
export type Memory = (tensor: string, index: number) => number;

/** Why the results of a step are wrong, or undefined. `before` is what its tensors held, `after` what it wrote. */
export function patchFault(step: Dispatch, row: StepRow, before: Memory, after: Memory): string | undefined {
  const [started] = step.nodes;
  const sample = (started.op as KernelOp).patch!(started, spread);
  const { graph, nodes, leaves } = reduced(step, sample, row, before);
  const values = evaluate(graph, {
    step: { ...row, slot: 0 },
    bounds: true,
    leaf: (node) => ({ shape: node.shape, data: leaves.get(node)! }),
  });
  const touched = new Set(step.bindings.filter(({ access }) => access === 'readWrite').map(({ tensor }) => tensor));
  // Of two nodes in one memory the later one is what is there afterwards.
  const last = new Map(step.nodes.map((node) => [label(storageOf(node)), node]));
  for (const [tensor, node] of last) {
    if (!touched.has(tensor)) continue;
    const actual = pick(node.shape, selected(node, sample, planesOf(node), row), (i) => after(tensor, i));
    const { share, worst } = compare(tensor, actual, values.get(nodes.get(node)!)!);
    if (!(share <= 1)) return `${written(node)} is ${worst.actual} instead of ${worst.expected}`;
  }
  return undefined;
}

/** The nodes of a step on some rows and columns of its result, and the values of the leaves they then begin with. */
function reduced({ nodes: [started, ...fused] }: Dispatch, sample: Patch, row: StepRow, before: Memory) {
  const graph = createGraph();
  const leaves = new Map<Node, Float64Array>();
  const asLeaf = (node: Node, selection: Selection): Node => {
    const made = leaf(graph, batch, `leaf${leaves.size}`, selection.shape);
    leaves.set(
      made,
      pick(node.shape, selection, (at) => before(label(storageOf(node)), at)),
    );
    return made;
  };
  const operands = started.inputs.map((input, i) => asLeaf(input, sample.operands[i]));
  const { shape, attributes } = sample;
  const nodes = new Map([[started, put(graph, { ...started, inputs: operands, shape, attributes })]]);
  const outside = new Map<Node, Node>();
  const operand = (node: Node, planes: number): Node => {
    if (node.op === stepLeaf) return stepOf(graph);
    const made = nodes.get(node) ?? outside.get(node);
    if (made) return made;
    const read = asLeaf(node, selected(node, sample, planes, row));
    outside.set(node, read);
    return read;
  };
  for (const node of fused) {
    // A kernel op in here rides on the one that starts it, and reads its first operand.
    const { op } = node;
    const planesIn = (input: number): number => (op.kind === 'pointwise' && input === op.inPlace ? planesOf(node) : 1);
    const inputs = op.kind === 'kernel' ? [operands[0]] : node.inputs.map((input, i) => operand(input, planesIn(i)));
    nodes.set(node, put(graph, { ...node, inputs, shape: selected(node, sample, planesOf(node), row).shape }));
  }
  return { graph, nodes, leaves };
}

/** A node with a shape that is part of its own, which its shape rule need not know. */
function put({ nodes }: Graph, node: Node): Node {
  const made = { ...node, id: nodes.length };
  nodes.push(made);
  return made;
}

const planesOf = ({ op }: Node): number => (op.kind === 'pointwise' && op.planes) || 1;

/**
 * What the sample takes of a tensor that meets the result row by row, or has a row for several of them or a single column:
 * the same of each of its planes, in the slot of the step.
 */
function selected(
  { shape }: Node,
  { rows: sampled, columns: across, height }: Patch,
  planes: number,
  { slot }: StepRow,
): Selection {
  const inPlane = planes > 1 ? rows(shape.slice(1)) : rows(shape);
  const first = planes > 1 ? slot * planes : 0;
  const i = Array.from({ length: planes }, (_, plane) =>
    sampled.map((row) => (first + plane) * inPlane + Math.floor((row * inPlane) / height)),
  ).flat();
  const j = columns(shape) === 1 ? [0] : across;
  return { rows: i, columns: j, shape: [...(planes > 1 ? [planes] : []), sampled.length, j.length] };
}

/** First, last and two between. */
const spread = (count: number): number[] => [
  ...new Set([0, Math.floor(count / 3), Math.floor((2 * count) / 3), count - 1]),
];

const pick = (shape: Shape, { rows: i, columns: j }: Selection, at: (index: number) => number): Float64Array =>
  Float64Array.from(i.flatMap((row) => j.map((column) => at(row * stride(shape) + column))));
