/** Every gradient rule, alone and in whole models, against central finite differences of the reference in f64. */
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/base/errors.ts';
import { uniforms } from '../../src/base/random.ts';
import { columns, size } from '../../src/base/tensor.ts';
import { differentiate } from '../../src/compiler/differentiate.ts';
import { append, createGraph, find, type Graph, type Node } from '../../src/graph/graph.ts';
import { batch, leaf, parameter, stepOf } from '../../src/graph/leaf.ts';
import type { Case, Op, Value } from '../../src/graph/op.ts';
import { evaluate } from '../../src/graph/reference.ts';
import type { StepRow } from '../../src/graph/step-row.ts';
import { model } from '../../src/nn/functional.ts';
import {
  activation as activate,
  add,
  batchNorm,
  dense,
  dropout,
  elu,
  gelu,
  layerNorm,
  leakyRelu,
  linear,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  standardize,
  tanh,
} from '../../src/nn/layers/index.ts';
import {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  type LossFunction,
  meanSquared,
  quadratic,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squared,
} from '../../src/nn/losses/index.ts';
import { apply, input, type Model, sequential } from '../../src/nn/model.ts';
import { activation } from '../../src/ops/activation.ts';
import { activations } from '../../src/ops/activation-table.ts';
import { hadamard } from '../../src/ops/arithmetic.ts';
import { ops } from '../../src/ops/index.ts';
import { lossTerms } from '../../src/ops/loss.ts';
import { losses as terms } from '../../src/ops/loss-table.ts';
import { matmul, matmulCases } from '../../src/ops/matmul.ts';
import { maxPool } from '../../src/ops/max-pool.ts';
import { rowSum } from '../../src/ops/row-sum.ts';
import { trainingGraph } from '../../src/train/graphs.ts';
import { casesOf } from '../support/cases.ts';
import { graphOf, someStep, titleOf, valuesFor } from '../support/harness.ts';
import { imageNets } from '../support/networks.ts';

type Leaves = ReadonlyMap<string, ArrayLike<number>>;

function run(graph: Graph, leaves: Leaves, step: StepRow): Map<Node, Value> {
  const data = (node: Node) => Float64Array.from(leaves.get(node.name)!);
  return evaluate(graph, { step, leaf: (node) => ({ shape: node.shape, data: data(node) }) });
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);
const magnitude = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + Math.abs(x * b[i]), 0);
const signs = (count: number, stream: number): Float64Array => uniforms(count, 2, stream).map((u) => 2 * u - 1);

/** The leaves with one of them moved along a direction. */
const move = (leaves: Leaves, name: string, direction: ArrayLike<number>, by: number): Leaves =>
  new Map(leaves).set(
    name,
    Float64Array.from(leaves.get(name)!, (x, i) => x + by * direction[i]),
  );

/** What the gradient rule appends for each input, named by the input it belongs to. */
function appendGradients(graph: Graph, node: Node, upstream: Node): Map<Node, Node> {
  const { op } = node;
  const rules = op.lossGradient ? op.lossGradient(graph, node) : op.gradient!(graph, node, upstream);
  const entries = node.inputs.flatMap((input, i) => {
    const rule = rules[i];
    return rule ? [[input, rule()] as const] : [];
  });
  return new Map(entries);
}

/** Where an activation has a kink its input keeps away from it; of a maximum no two inputs are nearly equal. */
function awayFromKinks(op: Op, values: ArrayLike<number>): Float64Array {
  if (op === maxPool) return spaced(values);
  return Float64Array.from(values, (z) => (op === activation && Math.abs(z) < 0.01 ? 0.01 : z));
}

/** Numbers in the same order, 1/100 apart. */
function spaced(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i] - values[j]);
  const out = new Float64Array(values.length);
  for (const [rank, i] of order.entries()) out[i] = (rank - values.length / 2) / 100;
  return out;
}

describe('the gradient rule of each op is the slope of its reference', () => {
  const differentiable = ops.filter((op) => op.gradient || op.lossGradient);
  for (const op of differentiable) {
    test.each(casesOf(op).map((example) => [titleOf(op, example), example] as const))('%s', (_title, example) => {
      expectSlopes(op, example);
    });
  }

  test('no op goes without cases, but for those that feed a batch, which have tests of their own', () => {
    expect(ops.filter((op) => casesOf(op).length === 0).map(({ name }) => name)).toEqual([
      'gather',
      'affine',
      'elastic',
      'warp',
    ]);
    expect(differentiable.length).toBeGreaterThan(7);
  });
});

/** F = Σ upstream ⊙ op(inputs), or Σ op(inputs) of a loss, along three random directions. */
function expectSlopes(op: Op, example: Case): void {
  const { graph, node } = graphOf(op, example);
  const step = someStep(columns(example.shapes[0]!), example.step);
  const upstream = leaf(graph, batch, 'upstream', node.shape);
  const gradients = appendGradients(graph, node, upstream);
  expect(gradients.size).toBeGreaterThan(0);

  const leaves = new Map<string, Float64Array>();
  for (const [name, values] of valuesFor(graph, example)) leaves.set(name, awayFromKinks(op, values));
  const weights = op.lossGradient ? new Float64Array(size(node.shape)).fill(1) : leaves.get('upstream')!;
  const values = run(graph, leaves, step);
  const gradientOf = (gradient: Node) => (gradient === upstream ? weights : values.get(gradient)!.data);
  const scale = magnitude(weights, values.get(node)!.data);
  const forward: Graph = { nodes: graph.nodes.slice(0, node.id + 1) };
  const objective = (at: Leaves): number => dot(weights, run(forward, at, step).get(node)!.data);

  for (let trial = 0; trial < 3; trial++) {
    const directions = [...gradients].map(([input], i) => [input, signs(size(input.shape), 10 * trial + i)] as const);
    const moved = (by: number) => directions.reduce<Leaves>((at, [{ name }, d]) => move(at, name, d, by), leaves);
    const h = 1e-5;
    const difference = (objective(moved(h)) - objective(moved(-h))) / (2 * h);
    const slopes = directions.map(([input, direction]) => [gradientOf(gradients.get(input)!), direction] as const);
    const slope = slopes.reduce((sum, [g, d]) => sum + dot(g, d), 0);
    const allowed = 1e-6 * slopes.reduce((sum, [g, d]) => sum + magnitude(g, d), 0) + 1e-10 * scale;
    expect(Math.abs(slope - difference), `slope ${slope}, difference ${difference}`).toBeLessThanOrEqual(allowed);
  }
}

describe('where there is a kink, the chosen side', () => {
  test.each([
    ['relu', 0, 0],
    ['relu', -0, 0],
    ['leakyRelu', 0, Math.fround(0.01)],
    ['elu', 0, 1],
  ] as const)("σ' of %s at %d is %d", (name, z, slope) => {
    const f = activations[name];
    const { graph, node } = graphOf(activation, { shapes: [[1, 1]], attributes: { f } });
    const upstream = leaf(graph, batch, 'upstream', [1, 1]);
    const [gradient] = appendGradients(graph, node, upstream).values();
    const leaves = new Map([
      ['in0', [z]],
      ['upstream', [1]],
    ]);
    expect(run(graph, leaves, someStep(3)).get(gradient)!.data[0]).toBe(slope);
  });

  test.each([
    ['binaryCrossEntropy', 0, 1, -(2 ** 20)],
    ['binaryCrossEntropy', 1, 0, 2 ** 20],
    ['categoricalCrossEntropy', 0, 1, -(2 ** 20)],
  ] as const)('%s of a probability of %d for a target of %d has a slope that is held at %d', (name, a, y, slope) => {
    const term = terms[name];
    const { graph, node } = graphOf(lossTerms, { shapes: [[1, 1], [1, 1], null], attributes: { term } });
    const [gradient] = appendGradients(graph, node, node).values();
    const leaves = new Map([
      ['in0', [a]],
      ['in1', [y]],
    ]);
    expect(run(graph, leaves, someStep(3)).get(gradient)!.data[0] / slope).toBeCloseTo(1, 5);
  });
});

test.each(matmulCases().map((example) => [titleOf(matmul, example), example] as const))(
  '%s: ⟨G, A B⟩ = ⟨∂A, A⟩ = ⟨∂B, B⟩',
  (_title, example) => {
    const { graph, node } = graphOf(matmul, example);
    const upstream = leaf(graph, batch, 'upstream', node.shape);
    const gradients = appendGradients(graph, node, upstream);
    const leaves = valuesFor(graph, example);
    const values = run(graph, leaves, someStep(9));
    const product = dot(leaves.get('upstream')!, values.get(node)!.data);
    expect(gradients.size).toBe(2);
    for (const [input, gradient] of gradients) {
      expect(gradient.shape).toEqual(input.shape);
      const g = values.get(gradient)!.data;
      const x = leaves.get(input.name)!;
      expect(Math.abs(dot(g, x) - product)).toBeLessThanOrEqual(1e-12 * magnitude(g, x));
    }
  },
);

/** Two ways from the data to the output, one of them through a value that is used three times. */
function residual(): Model {
  const x = input([4]);
  const h = apply(dense(4, tanh), x);
  const sum = apply(add(), apply(dense(4, sigmoid), h), h, x);
  return model(x, apply(dense(2), apply(add(), apply(batchNorm(), sum), h)));
}

describe('the gradients of whole models are the slopes of their loss', () => {
  const models: [string, Model, LossFunction][] = [
    ['sigmoid, quadratic', sequential([3], [dense(4, sigmoid), dense(2, sigmoid)]), quadratic()],
    [
      'tanh, softplus, squared',
      sequential([2, 2], [dense(5, tanh), dense(3, softplus), dense(1)]),
      squared({ reduction: 'sum' }),
    ],
    ['relu, leakyRelu, meanSquared', sequential([5], [dense(8, relu), dense(6, leakyRelu), dense(3)]), meanSquared()],
    [
      'elu, gelu, silu, softmaxCrossEntropy',
      sequential([4], [dense(5, elu), dense(5, gelu), dense(5, silu), dense(3)]),
      softmaxCrossEntropy(),
    ],
    ['sigmoidCrossEntropy', sequential([4], [dense(3, linear), dense(2)]), sigmoidCrossEntropy({ reduction: 'sum' })],
    [
      'sigmoidCrossEntropy, weighted',
      sequential([4], [dense(3, tanh), dense(2)]),
      sigmoidCrossEntropy({ positiveWeights: [0, 3] }),
    ],
    [
      'softmaxCrossEntropy, smoothed and weighted',
      sequential([4], [dense(5, tanh), dense(3)]),
      softmaxCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 0.3, 4] }),
    ],
    [
      'softmax, categoricalCrossEntropy, smoothed and weighted',
      sequential([4], [dense(3, softmax)]),
      categoricalCrossEntropy({ labelSmoothing: 0.2, classWeights: [0, 2, 1], reduction: 'sum' }),
    ],
    [
      'softmax, categoricalCrossEntropy',
      sequential([4], [dense(3, tanh), dense(3, softmax)]),
      categoricalCrossEntropy(),
    ],
    [
      'dropout, batchNorm, layerNorm, activation',
      sequential([4], [dense(5), batchNorm(), activate(tanh), dropout(0.4), dense(6, sigmoid), layerNorm(), dense(3)]),
      softmaxCrossEntropy(),
    ],
    [
      'images through batchNorm, layerNorm and dropout',
      sequential([2, 3, 2], [batchNorm(), dropout(0.2), layerNorm(), dense(3, sigmoid)]),
      quadratic(),
    ],
    [
      'standardize',
      sequential([4], [dense(5, tanh), standardize({ mean: [0, 1, 2, 3, 4], deviation: [1, 2, 3, 0, 0.5] }), dense(3)]),
      quadratic(),
    ],
    ['residuals', residual(), quadratic()],
    ...Object.entries(imageNets).map(([name, model]): [string, Model, LossFunction] => [
      name,
      model,
      softmaxCrossEntropy(),
    ]),
    ['sigmoid, binaryCrossEntropy', sequential([4], [dense(3, softmax), dense(2, sigmoid)]), binaryCrossEntropy()],
  ];

  test.each(models)('%s', (_name, model, loss) => {
    const { graph, parameters } = trainingGraph({ model, loss, batch: 6 });
    const leaves = new Map<string, Float64Array>();
    graph.nodes.forEach(({ op, name, shape }, i) => {
      if (op.kind !== 'leaf' || op.name === 'step') return;
      leaves.set(
        name,
        signs(size(shape), 50 + i).map((u) => (name === 'y' ? (1 + u) / 2 : u)),
      );
    });
    const step = someStep(6); // four columns of six are valid
    const values = run(graph, leaves, step);
    const losses = find(graph, 'losses')!;
    for (const { node, trained } of parameters) {
      if (!trained) continue;
      const gradient = find(graph, `d${node.name}`)!;
      expect(gradient.shape).toEqual(node.shape);
      const g = values.get(gradient)!.data;
      const direction = signs(size(node.shape), 90);
      const lossAt = (by: number) =>
        Array.from(run(graph, move(leaves, node.name, direction, by), step).get(losses)!.data).reduce((a, b) => a + b);
      const h = 1e-5;
      const difference = (lossAt(h) - lossAt(-h)) / (2 * h);
      const allowed = 1e-6 * magnitude(g, direction) + 1e-10;
      expect(magnitude(g, direction)).toBeGreaterThan(0);
      expect(Math.abs(dot(g, direction) - difference), `d${node.name}`).toBeLessThanOrEqual(allowed);
    }
  });

  test('and nothing is appended that no parameter needs: the data get no gradient', () => {
    const [, model, loss] = models[2];
    const { graph } = trainingGraph({ model, loss, batch: 6 });
    const backward = graph.nodes.slice(find(graph, 'losses')!.id + 1);
    expect(backward.some(({ name }) => name === 'dW1')).toBe(true);
    expect(backward.filter(({ shape }) => String(shape) === '5,6')).toEqual([]);
  });
});

describe('every z of a net has its delta, and with it the gradient of its bias', () => {
  const x = input([4]);
  const h = apply(dense(4, tanh), x);
  const branches = (...units: readonly Model['layers'][number][]) =>
    apply(add(), ...units.map((unit) => apply(unit, x)));
  const nets: [string, Model, number][] = [
    ['two linear layers that meet', model(x, branches(dense(3), dense(3))), 2],
    ['three, beside a layer of their own', model(x, apply(dense(2), branches(dense(3), dense(3), dense(3)))), 4],
    ['linear and not', model(x, branches(dense(3), dense(3, sigmoid))), 2],
    ['sums of sums', model(x, apply(add(), branches(dense(3), dense(3)), apply(dense(3), x))), 3],
    ['a layer for two', model(x, apply(add(), apply(dense(4), h), apply(dense(4), h), h)), 3],
    ['residuals', residual(), 3],
  ];

  test.each(nets)('%s', (_name, of, count) => {
    const { graph } = trainingGraph({ model: of, loss: quadratic(), batch: 6 });
    const leaves = new Map<string, Float64Array>();
    graph.nodes.forEach(({ op, name, shape }, i) => {
      if (op.kind === 'leaf' && op.name !== 'step') leaves.set(name, signs(size(shape), 70 + i));
    });
    const values = run(graph, leaves, someStep(6));
    const layers = graph.nodes.flatMap(({ name }) => /^z(\d+)$/.exec(name)?.[1] ?? []);
    expect(layers).toHaveLength(count);
    for (const layer of layers) {
      const [z, delta, db] = ['z', 'delta', 'db'].map((letter) => find(graph, letter + layer)!);
      expect(delta?.shape, `delta${layer}`).toEqual(z.shape);
      const rows = values.get(delta)!.data;
      values.get(db)!.data.forEach((sum, i) => {
        const all = Array.from(rows.slice(6 * i, 6 * i + 6)).reduce((a, b) => a + b, 0);
        expect(all).toBeCloseTo(sum, 12);
        expect(sum).not.toBe(0);
      });
    }
  });
});

describe('differentiate', () => {
  const build = () => {
    const graph = createGraph();
    const [p, q] = ['p', 'q'].map((name) => leaf(graph, parameter, name, [1, 1]));
    const y = leaf(graph, batch, 'y', [1, 1]);
    return { graph, p, q, y };
  };
  const at = new Map([
    ['p', [2]],
    ['y', [5]],
  ]);
  const squaredError = (graph: Graph, a: Node, y: Node) =>
    append(graph, lossTerms, [a, y, stepOf(graph)], { term: terms.squaredError });

  test('adds up the gradients of a value used more than once: d(p³ − y)²/dp = 6 p² (p³ − y)', () => {
    const { graph, p, y } = build();
    const cube = append(graph, hadamard, [append(graph, hadamard, [p, p]), p]);
    const gradient = differentiate(graph, squaredError(graph, cube, y), [p]).get(p)!;
    const values = run(graph, at, someStep(3));
    expect(values.get(gradient)!.data[0]).toBe(6 * 4 * 3);
    expect(gradient.name).toBe('dp');
  });

  test('passes by what does not lead to the loss, another loss included: d(p − 5)²/dp = 2 (p − 5)', () => {
    const { graph, p, y } = build();
    append(graph, rowSum, [p]);
    squaredError(graph, append(graph, hadamard, [p, p]), y);
    const gradient = differentiate(graph, squaredError(graph, p, y), [p]).get(p)!;
    const values = run(graph, at, someStep(3));
    expect(values.get(gradient)!.data[0]).toBe(-6);
  });

  test('says which op on the way has no gradient, and which parameter has no part in the loss', () => {
    const { graph, p, q, y } = build();
    const loss = squaredError(graph, append(graph, rowSum, [append(graph, hadamard, [p, p])]), y);
    expect(() => differentiate(graph, loss, [p])).toThrow(ArgumentError);
    expect(() => differentiate(graph, loss, [p])).toThrow(/rowSum\(.*\) has no gradient rule/);
    expect(() => differentiate(graph, squaredError(graph, p, y), [p, q])).toThrow(/q has no part/);
  });
});
