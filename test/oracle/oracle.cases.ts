/**
 * Nets and losses against values that PyTorch computed in double precision: each tensor to 1e-5 of its largest element.
 * models.ts says which net a file of `data/` stands for, and how to add one.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Shape, size, toColumns, toSamples } from '../../src/base/tensor.ts';
import { differentiate } from '../../src/compiler/differentiate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createGraph, type Graph, type Node, rename } from '../../src/graph/graph.ts';
import { batch, leaf } from '../../src/graph/leaf.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { quadratic } from '../../src/index.node.ts';
import { appendLoss } from '../../src/nn/losses/loss.ts';
import { appendModel, type Model, type Parameter } from '../../src/nn/model.ts';
import { losses, models, type OracleLoss } from './models.ts';

/** Samples one after another, or a parameter in the layout of PyTorch. */
interface Values {
  readonly shape: Shape;
  readonly data: readonly number[];
}

interface OracleNet {
  readonly note: string;
  readonly x: Values;
  readonly target: Values;
  /** In training; `evaluated` is out of it. */
  readonly output: Values;
  readonly evaluated: Values;
  /** Σ (output − target)² / (2 N) */
  readonly loss: number;
  readonly parameters: Readonly<Record<string, Values>>;
  readonly gradients: Readonly<Record<string, Values>>;
  /** Absent where x is made of whole numbers. */
  readonly inputGradient?: Values;
}

interface LossValues {
  readonly name: string;
  readonly note: string;
  readonly a: Values;
  readonly y: Values;
  readonly loss: number;
  readonly gradient: Values;
}

const files = import.meta.glob<OracleNet | LossValues[]>('./data/*.json', { eager: true, import: 'default' });
const nameOf = (path: string): string => path.replace(/^.*\/|\.json$/g, '');
const lossValues = files['./data/losses.json'] as LossValues[];
const nets = Object.entries(files as Record<string, OracleNet>)
  .map(([path, net]) => ({ name: nameOf(path), net }))
  .filter(({ name }) => name !== 'losses');

/** Runs every entry of models.ts on an engine. */
export function oracle(where: string, makeEngine: () => Promise<Engine>): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await makeEngine();
  });
  afterAll(() => engine?.destroy());

  describe(`${where}, as PyTorch computes it`, () => {
    for (const { name, net } of nets.filter(({ name }) => models[name])) {
      test(`${name}: ${net.note}`, async () => {
        const model = models[name](net.x.shape.slice(1));
        const { output, loss, gradients } = await train(engine, model, net);
        expectClose('output', output, net.output);
        expect(Math.abs(loss / net.loss - 1), 'loss').toBeLessThanOrEqual(1e-5);
        for (const [key, gradient] of Object.entries(net.gradients)) expectClose(key, gradients[key], gradient);
        if (net.inputGradient) expectClose('x', gradients.x, net.inputGradient);
        expectClose('evaluated', await evaluate(engine, model, net), net.evaluated);
      });
    }

    for (const values of lossValues.filter(({ name }) => losses[name])) {
      test(`${values.name}: ${values.note}`, async () => {
        const { loss, gradient } = await lossOf(engine, losses[values.name], values);
        expect(Math.abs(loss / values.loss - 1), 'loss').toBeLessThanOrEqual(1e-5);
        expectClose('gradient', gradient, values.gradient);
      });
    }
  });

  test('every file has a net, and every loss an entry', () => {
    expect(Object.keys(models).sort()).toEqual(nets.map(({ name }) => name).sort());
    expect(Object.keys(losses).sort()).toEqual(lossValues.map(({ name }) => name).sort());
  });
}

interface Found {
  /** Samples one after another. */
  readonly output: ArrayLike<number>;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, ArrayLike<number>>>;
}

/** A pass for training, with the parameters and samples of the file: output, loss and all gradients. */
async function train(engine: Engine, model: Model, net: OracleNet): Promise<Found> {
  const { graph, x, output, parameters } = appended(model, net, true);
  const y = leaf(graph, batch, 'y', inColumns(net.target.shape));
  const terms = appendLoss(graph, quadratic(), output, y);
  const wanted = [...parameters.map(({ node }) => node), ...(net.inputGradient ? [x] : [])];
  const gradients = differentiate(graph, terms, wanted);
  const nodes = [output, terms, ...wanted.map((node) => gradients.get(node)!)];
  const [a, losses, ...found] = await run(
    engine,
    graph,
    nodes,
    { ...leavesOf(net, parameters), y: columnsOf(net.target) },
    net.x.shape[0],
  );
  const keys = Object.keys(net.parameters);
  const ofParameters = keys.map((key, i) => [key, found[i]] as const);
  const towardsX = found.slice(keys.length).map((data) => ['x', samplesOf(data, net.x.shape)] as const);
  return {
    output: samplesOf(a, net.output.shape),
    loss: losses.reduce((sum, term) => sum + term, 0),
    gradients: Object.fromEntries([...ofParameters, ...towardsX]),
  };
}

/** A pass that nothing is learnt from: its output. */
async function evaluate(engine: Engine, model: Model, net: OracleNet): Promise<ArrayLike<number>> {
  const { graph, output, parameters } = appended(model, net, false);
  const [a] = await run(engine, graph, [output], leavesOf(net, parameters), net.x.shape[0]);
  return samplesOf(a, net.evaluated.shape);
}

/** The model in a graph of its own. Its parameters have to be those of the file. */
function appended(model: Model, net: OracleNet, training: boolean) {
  const graph = createGraph();
  const x = leaf(graph, batch, 'x', inColumns(net.x.shape));
  const { output, parameters } = appendModel(graph, model, x, training);
  const trained = parameters.filter((parameter) => parameter.trained);
  const described = trained.map(({ key, shape }) => [lastPart(key), shape]);
  expect(described).toEqual(Object.entries(net.parameters).map(([key, { shape }]) => [lastPart(key), shape]));
  return { graph, x, output, parameters: trained };
}

/** 'layers.0.weight' -> 'weight' */
const lastPart = (key: string): string => key.replace(/^.*\./, '');

const leavesOf = (net: OracleNet, parameters: readonly Parameter[]): Record<string, Float32Array> => {
  const values = Object.values(net.parameters);
  const named = parameters.map(({ node }, i) => [node.name, Float32Array.from(values[i].data)]);
  return { ...Object.fromEntries(named), x: columnsOf(net.x) };
};

/** The loss of the outputs `a`, and its gradient towards them. */
async function lossOf(
  engine: Engine,
  { loss, targets = (y) => y, factor = () => 1 }: OracleLoss,
  { a, y }: LossValues,
) {
  const graph = createGraph();
  const output = leaf(graph, batch, 'a', inColumns(a.shape));
  const terms = appendLoss(graph, loss, output, leaf(graph, batch, 'y', inColumns(y.shape)));
  const gradient = differentiate(graph, terms, [output]).get(output)!;
  const features = size(y.shape.slice(1));
  const given = Array.from({ length: y.shape[0] }, (_, n) => targets(y.data.slice(n * features, (n + 1) * features)));
  const leaves = { a: columnsOf(a), y: columnsOf({ shape: y.shape, data: given.flat() }) };
  const [losses, towardsA] = await run(engine, graph, [terms, gradient], leaves, a.shape[0]);
  const times = factor(features);
  return {
    loss: times * losses.reduce((sum, term) => sum + term, 0),
    gradient: samplesOf(towardsA, a.shape).map((slope) => times * slope),
  };
}

/** The values of these nodes after one run of the graph. */
async function run(
  engine: Engine,
  graph: Graph,
  nodes: readonly Node[],
  leaves: Readonly<Record<string, Float32Array>>,
  samples: number,
): Promise<readonly Float32Array[]> {
  for (const [i, node] of nodes.entries()) if (!node.name) rename(graph, node, `result${i}`);
  const program = await engine.program(graph, { keep: (node) => nodes.includes(node) });
  for (const [name, data] of Object.entries(leaves)) if (program.tensors.has(name)) program.write(name, data);
  engine.run([{ programs: [program], rows: [stepRow({ columns: samples })] }]);
  const found = await program.readAll(nodes.map(({ name }) => name));
  program.destroy();
  return nodes.map(({ name }) => found.get(name)!);
}

/** [N, ...] -> [..., N] */
const inColumns = ([samples, ...sample]: Shape): Shape => [...sample, samples];
const columnsOf = ({ shape: [samples, ...sample], data }: Values): Float32Array =>
  toColumns(data, size(sample), samples);
const samplesOf = (tensor: ArrayLike<number>, [samples, ...sample]: Shape): Float32Array =>
  toSamples(tensor, size(sample), samples, samples);

/** Every element to 1e-5 of the largest one. */
function expectClose(what: string, found: ArrayLike<number> | undefined, { data }: Values): void {
  expect(found?.length, what).toBe(data.length);
  const largest = Math.max(...data.map(Math.abs));
  const worst = Math.max(...data.map((value, i) => Math.abs(found![i] - value)));
  expect(worst, what).toBeLessThanOrEqual(1e-5 * largest);
}
