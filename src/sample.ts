/**
 * A few elements of what a matrix product and the ops fused to it compute, worked out by the CPU reference with their
 * bounds: the corners and some between. So a step of any size can be checked in the time of a few dot products.
 */
import { compare } from './check.ts';
import { overwrites, storageOf } from './fuse.ts';
import { append, createGraph, label, type Node } from './graph.ts';
import { batch, leaf, step as stepLeaf, stepOf } from './ops/leaf.ts';
import { evaluate } from './reference.ts';
import type { Step } from './schedule.ts';
import type { StepRow } from './step.ts';
import { columns, rows, type Shape, stride } from './tensor.ts';

/** A tensor as it lies in GPU memory, by its name. */
export type Memory = (tensor: string, index: number) => number;

/** Why the results of a step are wrong, or undefined. `before` is what its tensors held, `after` what it wrote. */
export function sampleFault(step: Step, row: StepRow, before: Memory, after: Memory): string | undefined {
  const { graph, nodes, leaves } = reduced(step, before);
  const values = evaluate(graph, {
    step: row,
    bounds: true,
    leaf: (node) => ({ shape: node.shape, data: leaves.get(node)! }),
  });
  const written = new Set(step.bindings.filter(({ access }) => access === 'readWrite').map(({ tensor }) => tensor));
  // Of two nodes in one memory the later one is what is there afterwards.
  const last = new Map(step.nodes.map((node) => [label(storageOf(node)), node]));
  for (const [tensor, node] of last) {
    if (!written.has(tensor)) continue;
    const actual = pick(node.shape, spread(rows(node.shape)), spread(columns(node.shape)), (i) => after(tensor, i));
    const { share, worst } = compare(tensor, actual, values.get(nodes.get(node)!)!);
    if (!(share <= 1))
      return `${overwrites(node) ? `${tensor}′` : tensor} is ${worst.actual} instead of ${worst.expected}`;
  }
  return undefined;
}

/** The nodes of a step on some rows and columns of its result, and the values of the leaves they then begin with. */
function reduced({ nodes: [product, ...fused] }: Step, before: Memory) {
  const graph = createGraph();
  const leaves = new Map<Node, Float64Array>();
  const asLeaf = (node: Node, i: readonly number[], j: readonly number[]): Node => {
    const made = leaf(graph, batch, `leaf${leaves.size}`, [i.length, j.length]);
    leaves.set(
      made,
      pick(node.shape, i, j, (at) => before(label(storageOf(node)), at)),
    );
    return made;
  };
  const [m, n] = [spread(rows(product.shape)), spread(columns(product.shape))];
  const [a, b] = product.inputs;
  const { transposeA, transposeB } = product.attributes;
  const factors = [
    transposeA ? asLeaf(a, all(rows(a.shape)), m) : asLeaf(a, m, all(columns(a.shape))),
    transposeB ? asLeaf(b, n, all(columns(b.shape))) : asLeaf(b, all(rows(b.shape)), n),
  ];
  const nodes = new Map([[product, append(graph, product.op, factors, { transposeA, transposeB })]]);
  const outside = new Map<Node, Node>();
  const operand = (node: Node): Node => {
    if (node.op === stepLeaf) return stepOf(graph);
    const made = nodes.get(node) ?? outside.get(node);
    if (made) return made;
    const read = asLeaf(node, some(rows(node.shape), m), some(columns(node.shape), n));
    outside.set(node, read);
    return read;
  };
  for (const node of fused) {
    // A kernel op in here rides on the product, and reads its first factor.
    const inputs = node.op.kind === 'kernel' ? [factors[0]] : node.inputs.map(operand);
    nodes.set(node, append(graph, node.op, inputs, node.attributes));
  }
  return { graph, nodes, leaves };
}

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** First, last and two between. */
const spread = (count: number): number[] => [
  ...new Set([0, Math.floor(count / 3), Math.floor((2 * count) / 3), count - 1]),
];

/** A single row or column is repeated for all. */
const some = (count: number, places: readonly number[]): readonly number[] => (count === 1 ? [0] : places);

const pick = (shape: Shape, i: readonly number[], j: readonly number[], at: (index: number) => number): Float64Array =>
  Float64Array.from(i.flatMap((row) => j.map((column) => at(row * stride(shape) + column))));
