/**
 * Every layer over its own cases: shape, forward and gradients on the GPU against the reference, the gradients of the
 * reference against finite differences, the file of a net, and what is told of it.
 */
import { describe, expect, test } from 'vitest';
import { type Shape, sameShape, size } from '../../../src/base/tensor.ts';
import { differentiate } from '../../../src/compiler/differentiate.ts';
import { createGraph, type Graph, type Node } from '../../../src/graph/graph.ts';
import { batch, leaf, parameter, state } from '../../../src/graph/leaf.ts';
import { evaluate } from '../../../src/graph/reference.ts';
import {
  adam,
  apply,
  compile,
  dense,
  input,
  type Layer,
  type Model,
  model,
  printSummary,
  quadratic,
  reshape,
  summary,
} from '../../../src/index.node.ts';
import { kindOf, type LayerCase, type ParameterOptions, type Site } from '../../../src/nn/layers/layer.ts';
import { kindNamed, kinds } from '../../../src/nn/layers/registry.ts';
import { appendLoss } from '../../../src/nn/losses/loss.ts';
import { describeModel } from '../../../src/nn/model.ts';
import { openModel } from '../../../src/predict.node.ts';
import { plain } from '../../../src/saved/model-text.ts';
import { expectReference, someStep, useGpu, valuesFor } from '../../support/harness.ts';
import { choicesOf, layerCases } from '../../support/layer-cases.ts';
import { random } from '../../support/nets.ts';

const gpu = useGpu();
const SAMPLES = 6;

test('every layer has cases', async () => {
  const named = await Promise.all(Object.keys(kinds).map(async (name) => ({ name, kind: await kindNamed(name) })));
  // `model` makes those of several inputs and outputs, and nobody else applies them.
  const applied = named.filter(({ kind }) => !kind?.part && !kind?.outputs).map(({ name }) => name);
  const covered = new Set(layerCases.map(({ layer }) => layer.layer as string));
  expect([...covered].sort()).toEqual(applied.sort());
});

describe.each(layerCases.map((example) => [titleOf(example), example] as const))('%s', (_title, { layer, inputs }) => {
  const kind = kindOf(layer);
  const shape = kind.shape(layer, inputs);

  test('has the shape that it says, in training and out of it', () => {
    for (const training of [true, false])
      expect(sameShape(appended(layer, inputs, training).output.shape, [...shape, SAMPLES])).toBe(true);
  });

  test('computes on the GPU what the reference does, and all gradients', async () => {
    const evaluation = appended(layer, inputs, false);
    const computes = evaluation.output.op.kind !== 'leaf'; // dropout does nothing there
    for (const { graph } of [lossGraph(layer, inputs), ...(computes ? [evaluation] : [])])
      await expectReference(gpu, graph, valuesOf(layer, graph), someStep(SAMPLES));
  });

  test('has the gradients of the reference by finite differences', () => {
    const { graph, terms, wanted, gradients } = lossGraph(layer, inputs);
    const values = valuesOf(layer, graph);
    const step = someStep(SAMPLES);
    const dataOf = (node: Node, moved: ReadonlyMap<string, Float64Array>) =>
      evaluate(graph, { step, leaf: ({ shape, name }) => ({ shape, data: moved.get(name) ?? values.get(name)! }) }).get(
        node,
      )!.data;
    for (const node of wanted) {
      const direction = random(size(node.shape), 77 + node.id);
      const along = (h: number) =>
        sum(
          dataOf(
            terms,
            new Map([[node.name, Float64Array.from(values.get(node.name)!, (v, i) => v + h * direction[i])]]),
          ),
        );
      const slope = (along(H) - along(-H)) / (2 * H);
      const gradient = dataOf(gradients.get(node)!, new Map());
      const expected = sum(gradient.map((g, i) => g * direction[i]));
      expect(Math.abs(slope - expected), `${node.name}: ${slope}, ${expected}`).toBeLessThan(
        1e-6 * (1 + Math.abs(slope)),
      );
    }
  });

  test('comes back from its file, in a model that predicts the same', async () => {
    const net = await compile(netOf(layer, inputs), {
      device: 'cpu',
      batch: SAMPLES,
      loss: quadratic(),
      optimizer: adam(),
      seed: 3,
    });
    const opened = await openModel(await net.save(), { device: 'cpu' });
    const x = sampleOf(layer, SAMPLES * size(inputs[0]));
    expect(await opened.predict(x)).toEqual(await net.predict(x));
    opened.destroy();
    net.destroy();
  });

  test('is made again from what it is, and told in a summary', () => {
    expect(plain(kind.remade(layer))).toEqual(plain(layer));
    const built = netOf(layer, inputs);
    const at = built.layers.findIndex((one) => one.layer === layer.layer);
    const told = summary(built);
    const { parameters } = appended(layer, inputs, true);
    expect(told.layers[at]).toMatchObject({ kind: layer.layer, shape });
    expect(told.layers[at].parameters).toBe(parameters.reduce((total, node) => total + size(node.shape), 0));
    expect(describeModel(built)).toContain(kind.describe(layer));
    expect(printSummary(told)).toContain(kind.describe(layer));
  });
});

const H = 1e-6;
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

function titleOf({ layer, inputs }: LayerCase): string {
  const kind = kindOf(layer as Layer);
  return `${layer.layer}: ${kind.describe(layer as Layer)} of ${inputs.map((shape) => `[${shape}]`).join(' ')}`;
}

/** The layer in a graph of its own, with leaves x0, x1, ... and those of its parameters. */
function appended(layer: Layer, inputs: readonly Shape[], training: boolean) {
  const graph = createGraph();
  const xs = inputs.map((shape, i) => leaf(graph, batch, `x${i}`, [...shape, SAMPLES]));
  const parameters: Node[] = [];
  const site: Site = {
    graph,
    index: 1,
    training,
    isFrozen: () => false,
    parameter(letter: string, { shape, memory = [shape[0], size(shape.slice(1))], trained = true }: ParameterOptions) {
      const node = leaf(graph, trained ? parameter : state, `${letter}1`, memory);
      if (trained) parameters.push(node);
      return node;
    },
    update: () => {},
  };
  return { graph, xs, parameters, output: kindOf(layer).append(layer, site, xs) };
}

/** The same with a loss on it, and its gradient towards all that has one. */
function lossGraph(layer: Layer, inputs: readonly Shape[]) {
  const { graph, xs, parameters, output } = appended(layer, inputs, true);
  const terms = appendLoss(graph, quadratic(), output, leaf(graph, batch, 'y', output.shape));
  const wanted = [...(choicesOf(layer) ? [] : xs), ...parameters];
  return { graph, terms, wanted, gradients: differentiate(graph, terms, wanted) };
}

/** Numbers for the leaves; a running variance is positive. */
function valuesOf(layer: Layer, graph: Graph): Map<string, Float32Array> {
  const values = valuesFor(graph);
  for (const { op, name } of graph.nodes) {
    if (op === state)
      values.set(
        name,
        values.get(name)!.map((v) => 1 + Math.abs(v)),
      );
    if (/^x\d/.test(name)) values.set(name, sampleOf(layer, values.get(name)!.length));
  }
  return values;
}

/** So many numbers that the layer takes. */
function sampleOf(layer: Layer, count: number): Float32Array {
  const numbers = random(count, 31);
  const choices = choicesOf(layer);
  return choices ? numbers.map((u) => choices[Math.floor(((u + 1) / 2) * choices.length)]) : numbers;
}

/** A model with the layer in it: it is applied to the input, and to what dense layers make of that for other inputs. */
function netOf(layer: Layer, [first, ...others]: readonly Shape[]): Model {
  const x = input(first);
  const made = others.map((shape) => apply(reshape(shape), apply(dense(size(shape)), x)));
  return model(x, apply(dense(2), apply(layer, x, ...made)));
}
