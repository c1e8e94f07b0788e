/**
 * Reverse-mode differentiation: walks the graph backwards from the loss and appends, for every node that leads to a
 * wanted one, the nodes its op's gradient rule emits. Gradients are more graph, so they fuse and run like the rest.
 */
import { ArgumentError } from '../base/errors.ts';
import { append, describe, type Graph, label, type Node, rename } from '../graph/graph.ts';
import { copy, scale, sumOf, times } from '../ops/arithmetic.ts';

/**
 * A node that ends the graph (its op has a `lossGradient`). In what is differentiated its sum has a factor, after each column has
 * had one of its own, [1, N], where there are `weights`.
 */
export interface Ending {
  readonly node: Node;
  readonly factor: number;
  readonly weights?: Node;
}

/**
 * Gradient of Σ `loss`, or of a weighted sum of several, with respect to each node of `wanted`; a loss ends the graph. Or of
 * Σ output ⊙ `upstream`, where `loss` is that output.
 * Named as the equations name them: `dW1` for W1, `delta1` for z1, also where one gradient is that of several. Throws
 * ArgumentError where an op on the way has no gradient, or no way leads there.
 */
export function differentiate(
  graph: Graph,
  loss: Node | readonly Ending[],
  wanted: readonly Node[],
  upstream?: Node,
): Map<Node, Node> {
  const endings = 'id' in loss ? [{ node: loss, factor: 1 }] : loss;
  const ends = new Map(endings.map((ending) => [ending.node, ending]));
  const last = endings.reduce((a, b) => (b.node.id > a.node.id ? b : a)).node;
  const goals = new Set(wanted);
  const leads = leadingTo(graph, last, wanted);
  const contributions = new Map<Node, Node[]>();
  const gradients = new Map<Node, Node>();
  for (let id = last.id; id >= 0; id--) {
    const node = graph.nodes[id];
    if (!leads.has(node)) continue;
    const ending = ends.get(node);
    const gradient = ending ? upstream : total(graph, node, contributions.get(node), goals);
    if (!gradient && !ending) continue; // on no way to the loss
    if (gradient) gradients.set(node, gradient);
    if (node.op.kind === 'leaf') continue;
    const towards = gradient ? node.op.gradient?.(graph, node, gradient) : node.op.lossGradient?.(graph, node);
    if (!towards) throw new ArgumentError(`differentiate: ${label(node)} = ${describe(node)} has no gradient rule`);
    node.inputs.forEach((input, i) => {
      const append = towards[i];
      if (!append || !leads.has(input)) return;
      const gradient = multiple(graph, append(), ending);
      contributions.set(input, [...(contributions.get(input) ?? []), gradient]);
    });
  }
  for (const node of wanted) {
    if (!gradients.has(node)) throw new ArgumentError(`differentiate: ${label(node)} has no part in ${label(last)}`);
  }
  return gradients;
}

function multiple(graph: Graph, node: Node, { factor, weights }: Omit<Ending, 'node'> = { factor: 1 }): Node {
  const weighted = weights ? append(graph, scale, [node, weights]) : node;
  return factor === 1 ? weighted : append(graph, times, [weighted], { factor });
}

/** The nodes of `wanted` and everything between them and the loss. */
function leadingTo(graph: Graph, loss: Node, wanted: readonly Node[]): Set<Node> {
  const leads = new Set(wanted);
  for (const node of graph.nodes.slice(0, loss.id + 1))
    if (node.inputs.some((input) => leads.has(input))) leads.add(node);
  return leads;
}

function total(
  graph: Graph,
  node: Node,
  terms: readonly Node[] | undefined,
  goals: ReadonlySet<Node>,
): Node | undefined {
  if (!terms) return undefined;
  const gradient = sumOf(graph, terms);
  const name = /^z\d+$/.test(node.name) ? node.name.replace('z', 'delta') : goals.has(node) ? `d${node.name}` : '';
  if (name && gradient.name) append(graph, copy, [gradient], {}, name);
  else if (name) rename(graph, gradient, name);
  return gradient;
}
