/** a = σ(z), and δ = upstream ⊙ σ'(z), for every pointwise activation, a row such as those of `activations`. */
import hadamardWgsl from '../../shaders/pointwise/hadamard.wgsl';
import { TINY, U } from '../base/float32.ts';
import type { Shape } from '../base/tensor.ts';
import { type Attributes, append, type Graph, type Node } from '../graph/graph.ts';
import type { Case, PointwiseOp, Range } from '../graph/op.ts';
import { activations, type OwnActivation } from './activation-table.ts';
import { equalShapes } from './shared/shapes.ts';

const row = ({ f }: Attributes): OwnActivation => f as OwnActivation;

/** What σ' of an activation is computed from: a or z. */
const savedOf = (node: Node): Node => (row(node.attributes).saves === 'output' ? node : node.inputs[0]);

export const activation: PointwiseOp = {
  kind: 'pointwise',
  name: 'activation',
  shape: (inputs) => inputs[0].shape,
  gradient: (graph, node, upstream) => {
    return [() => append(graph, activationGradient, [upstream, savedOf(node)], { f: node.attributes.f })];
  },
  title: ({ f }) => String(f),
  f: ([z], { attributes }) => row(attributes).f(z),
  rounding: ([z], _result, { attributes }) => row(attributes).rounding(z),
  shaders: (attributes) => row(attributes).shaders,
  call: ([z], attributes) => `${row(attributes).wgsl}(${z})`,
};

export const activationCases = (): readonly Case[] =>
  everyActivation((f) => [
    { shapes: [[7, 33]], attributes: { f } },
    { shapes: [[100, 7]], attributes: { f }, domain: [-50, 50] },
    { shapes: [[3, 100]], attributes: { f }, domain: [-1e4, 1e4] },
  ]);

/** (upstream, saved) -> upstream ⊙ σ'(saved); saved is a or z, whichever σ' is computed from. */
export const activationGradient: PointwiseOp = {
  kind: 'pointwise',
  name: 'activationGradient',
  shape: (inputs) => equalShapes('activationGradient', inputs),
  title: ({ f }) => `${f}′`,
  f: ([upstream, saved], { attributes }) => upstream * row(attributes).gradient(saved),
  rounding: ([upstream, saved], result, { attributes }) =>
    Math.abs(upstream) * row(attributes).gradientRounding(saved) + U * Math.abs(result) + TINY,
  shaders: (attributes) => [hadamardWgsl, ...row(attributes).shaders],
  call: ([upstream, saved], attributes) => `hadamard(${upstream}, ${row(attributes).wgsl}_gradient(${saved}))`,
};

export const activationGradientCases = (): readonly Case[] =>
  everyActivation((f) => {
    const domain: Range[] = [[-2, 2], savedRange(f)];
    return [
      [7, 33],
      [100, 7],
    ].map((shape: Shape) => ({ shapes: [shape, shape], attributes: { f }, domain }));
  });

/** σ'(saved) alone, to be looked at; nothing is trained through it. */
export const activationSlope: PointwiseOp = {
  kind: 'pointwise',
  name: 'activationSlope',
  shape: (inputs) => inputs[0].shape,
  title: ({ f }) => `${f}′`,
  f: ([saved], { attributes }) => row(attributes).gradient(saved),
  rounding: ([saved], result, { attributes }) => row(attributes).gradientRounding(saved) + U * Math.abs(result) + TINY,
  shaders: (attributes) => row(attributes).shaders,
  call: ([saved], attributes) => `${row(attributes).wgsl}_gradient(${saved})`,
};

export const activationSlopeCases = (): readonly Case[] =>
  everyActivation((f) => [{ shapes: [[7, 33]], attributes: { f }, domain: savedRange(f) }]);

/** Appends σ'(z) of a node a = σ(z). */
export const appendSlope = (graph: Graph, node: Node, name: string): Node =>
  append(graph, activationSlope, [savedOf(node)], { f: node.attributes.f }, name);

/** Where z, or a saved output of σ, which then rises throughout, can lie. */
function savedRange({ saves, f }: OwnActivation): Range {
  return saves === 'output' ? [f(-9), f(9)] : [-9, 9];
}

function everyActivation(cases: (f: OwnActivation) => Case[]): Case[] {
  return Object.values(activations).flatMap(cases);
}
