/** a = σ(z), and δ = upstream ⊙ σ'(z), for every pointwise activation of activations.ts. */
import { type Attributes, append, type Node } from '../graph.ts';
import type { Shape } from '../tensor.ts';
import { type Activation, activations, activation as rowOf } from './activations.ts';
import { TINY, U } from './numerics.ts';
import type { Case, PointwiseOp } from './op.ts';
import { equalShapes } from './shapes.ts';

const row = (attributes: Attributes): Activation => rowOf(String(attributes.f));

export const activation: PointwiseOp = {
  kind: 'pointwise',
  name: 'activation',
  shape: (inputs) => inputs[0].shape,
  gradient: (graph, node, upstream) => {
    const saved: Node = row(node.attributes).saves === 'output' ? node : node.inputs[0];
    return [() => append(graph, activationGradient, [upstream, saved], { f: node.attributes.f })];
  },
  title: ({ f }) => String(f),
  f: ([z], { attributes }) => row(attributes).f(z),
  rounding: ([z], _result, { attributes }) => row(attributes).rounding(z),
  shaders: (attributes) => [row(attributes).shader],
  call: ([z], attributes) => `${row(attributes).wgsl}(${z})`,
  cases: everyActivation((f) => [
    { shapes: [[7, 33]], attributes: { f } },
    { shapes: [[100, 7]], attributes: { f }, domain: [-50, 50] },
    { shapes: [[3, 100]], attributes: { f }, domain: [-1e4, 1e4] },
  ]),
};

/** (upstream, saved) -> upstream ⊙ σ'(saved); saved is a or z, whichever σ' is computed from. */
export const activationGradient: PointwiseOp = {
  kind: 'pointwise',
  name: 'activationGradient',
  shape: (inputs) => equalShapes('activationGradient', inputs),
  title: ({ f }) => `${f}′`,
  f: ([upstream, saved], { attributes }) => upstream * row(attributes).gradient(saved),
  rounding: ([upstream, saved], result, { attributes }) =>
    Math.abs(upstream) * row(attributes).gradientRounding(saved) + U * Math.abs(result) + TINY,
  shaders: (attributes) => ['pointwise/hadamard', row(attributes).shader],
  call: ([upstream, saved], attributes) => `hadamard(${upstream}, ${row(attributes).wgsl}_gradient(${saved}))`,
  cases: everyActivation((f) => {
    // A saved output stays in the range of σ.
    const saved = { sigmoid: [0, 1], tanh: [-1, 1], elu: [-1, 3], softplus: [0, 9] }[f as string] ?? [-9, 9];
    const domain = [[-2, 2], saved] as [[number, number], [number, number]];
    return [
      [7, 33],
      [100, 7],
    ].map((shape: Shape) => ({ shapes: [shape, shape], attributes: { f }, domain }));
  }),
};

function everyActivation(cases: (name: string) => Case[]): Case[] {
  return Object.keys(activations).flatMap(cases);
}
