/** Finds where NaN or infinity began in a step: by the CPU reference, tensor by tensor, with the numbers that f32 holds. */
import type { NonFinite } from '../base/errors.ts';
import { show } from '../base/tensor.ts';
import { type Graph, label, type Node } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { Data, Value } from '../graph/op.ts';
import { evaluate } from '../graph/reference.ts';
import type { StepRow } from '../graph/step-row.ts';
import { overwrites, written } from '../graph/storage.ts';
import { placeIn } from './non-finite-options.ts';
import { isTotal } from './session.ts';

/** What a step went wrong with, and the text that says so. */
export interface Culprit extends Required<Pick<NonFinite, 'tensor' | 'element' | 'value' | 'operands' | 'advice'>> {
  readonly layer?: string;
  readonly says: string;
}

/** The first tensor that is not finite, in the order of the graph; `leaf` gives what a step finds. Undefined where all are. */
export function culpritOf(graph: Graph, step: StepRow, leaf: (node: Node) => Data): Culprit | undefined {
  const values = new Map<Node, Data>();
  let found: Culprit | undefined;
  const look = (node: Node, value: Value): Value => {
    values.set(node, value.data);
    const at = isTotal(node) ? -1 : value.data.findIndex((x) => !Number.isFinite(x));
    if (at < 0) return value;
    found = described(graph, node, at, values);
    throw found;
  };
  try {
    const read = (node: Node): Value => look(node, { shape: node.shape, data: leaf(node) });
    evaluate(graph, { step, single: true, leaf: read, observe: look });
  } catch (error) {
    if (error !== found) throw error;
  }
  return found;
}

function described(graph: Graph, node: Node, at: number, values: ReadonlyMap<Node, Data>): Culprit {
  const [tensor, element, value] = [nameIn(graph, node), placeIn(node.shape, at), values.get(node)![at]];
  const inputs = [...new Set(tensors(node.inputs))];
  const operands = inputs.map((input) => ({ tensor: titleOf(input), largest: largest(values.get(input)!) }));
  const advice = adviceFor(node, tensor, operands);
  const [, number] = /^(?:\w+\.)?[A-Za-z]+(\d+)′?$/.exec(tensor) ?? [];
  const most = operands.length > 0 ? operands.reduce((a, b) => (b.largest > a.largest ? b : a)) : undefined;
  const from = most ? `: ${expression(node)}, largest |${most.tensor}| = ${most.largest.toPrecision(2)}` : ' before it';
  return {
    ...{ tensor, element, value, operands, advice, says: `${tensor}${show(element)} = ${value}${from}` },
    ...(number && { layer: `layers.${Number(number) - 1}` }),
  };
}

function largest(values: Data): number {
  let most = 0;
  for (const x of values) most = Math.max(most, Math.abs(x));
  return most;
}

/** Its own name, or that of the first named tensor that is computed from it in its place. */
function nameIn(graph: Graph, node: Node): string {
  if (node.name || overwrites(node)) return written(node);
  const next = graph.nodes.find(({ inputs, op }) => op.kind === 'pointwise' && inputs.includes(node));
  return next ? nameIn(graph, next) : label(node);
}

const titleOf = (node: Node): string => node.name || (overwrites(node) ? written(node) : expression(node));

/** `W3 · a2`, or `op(operands)`. */
function expression({ op, inputs, attributes }: Node): string {
  const names = tensors(inputs).map((input) => input.name || written(input));
  if (op.name !== 'matmul') return `${op.name}(${names.join(', ')})`;
  const [a, b] = [attributes.transposeA, attributes.transposeB].map((t, i) => names[i] + (t ? 'ᵀ' : ''));
  return `${a} · ${b}`;
}

/** Magnitudes from which on a product, or the sum of many, may be too large for f32. */
const LARGE = 1e15;
/** Inputs that ought to be scaled. */
const UNSCALED = 1e3;

function adviceFor(node: Node, tensor: string, operands: Culprit['operands']): string {
  const { op } = node;
  const isLarge = operands.some(({ largest }) => largest >= LARGE);
  if (op.kind === 'leaf') {
    return /^[xyw]$/.test(node.name) ? 'Look at the data.' : 'The step found it there: set other parameters.';
  }
  if (op.name === 'averageSquare') {
    return 'The square of a gradient is too large for a 32-bit float: try clipNorm, or smaller targets.';
  }
  if (!isLarge && op.kind === 'pointwise')
    return `Look for the exp of a large number, the log of 0 or a division by 0 in ${op.name}.`;
  if (tensor.startsWith('losses')) {
    return isLarge
      ? 'Outputs or targets are too large for this loss: try smaller targets, or a lower learning rate.'
      : 'Look for a log of 0 or a division by 0: outputs or targets are at the edge of what the loss takes.';
  }
  if (operands.some((of) => of.tensor === 'x' && of.largest >= UNSCALED)) {
    return 'Scale the inputs to numbers near 1, or try a lower learning rate.';
  }
  if (/^(d[A-Z]|db|delta)/.test(tensor)) return 'Try a lower learning rate, or smaller targets.';
  return 'Try a lower learning rate, or clipNorm.';
}
