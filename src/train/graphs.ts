/** The graphs of a model: a training step, the gradients alone, an evaluation, a prediction, and the feed of a batch. */

import { byteLength } from '../base/tensor.ts';
import { differentiate } from '../compiler/differentiate.ts';
import type { Field } from '../data/dataset.ts';
import { isMirrored } from '../data/fields.ts';
import { typeOf } from '../data/stream-of.ts';
import type { AnyDataset, StreamedField } from '../data/streamed.ts';
import { append, createGraph, type Graph, type Node, rename } from '../graph/graph.ts';
import { batch as batchLeaf, constant, data, leaf, stepOf } from '../graph/leaf.ts';
import type { Found, Metric, MetricSite } from '../metrics/metric.ts';
import type { Question } from '../nn/losses/facts.ts';
import { appendLoss, appendPrediction, type LossFunction } from '../nn/losses/loss.ts';
import { appendModel, choicesIn, type Model, type Parameter } from '../nn/model.ts';
import type { Optimizer } from '../nn/optimizers/optimizer.ts';
import { appendUpdates, type UpdateOptions } from '../nn/updates.ts';
import { activation, appendSlope } from '../ops/activation.ts';
import { columnSum } from '../ops/column-sum.ts';
import { gather } from '../ops/gather.ts';
import { correct } from '../ops/metrics.ts';
import { appendTotal } from '../ops/total.ts';
import type { Augmentation } from './augmentation.ts';
import { appendAugmented } from './augmenting.ts';

export interface BuiltGraph {
  readonly graph: Graph;
  readonly parameters: readonly Parameter[];
}

export interface Prediction extends BuiltGraph {
  /** Name of the tensor that holds it. */
  readonly prediction: string;
}

export interface Task {
  readonly model: Model;
  readonly loss: LossFunction;
  readonly batch: number;
  /** Keys of what stays as it is in training. */
  readonly frozen?: ReadonlySet<string>;
}

/**
 * x, y -> z, a, C, δ, ∂W, ∂b and, with an optimizer, the updates; `losses` sums to C, and with an
 * optimizer `lossTotal` adds it up over each epoch, in a slot of its own for the last ones.
 */
export function trainingGraph(
  options: Task,
  optimizer?: Optimizer,
  update: UpdateOptions = {},
): BuiltGraph & { output: Node } {
  const { graph, parameters, updates, terms, output } = withLoss(options, true);
  if (optimizer) appendTotal(graph, 'lossTotal', terms, { ...options.loss, slots: slotsFor(bytesOfTotal(terms)) });
  const trained = parameters.filter((parameter) => parameter.trained);
  const gradients = differentiate(
    graph,
    terms,
    trained.map(({ node }) => node),
  );
  if (optimizer) {
    appendUpdates(graph, optimizer, parameters, gradients, { ...update, mean: options.loss.mean });
    for (const append of updates) append();
  }
  return { graph, parameters, output };
}

/**
 * x, y -> ∂C/∂W, ∂C/∂b of what is trained, named `dW1`, ..., and ∂C/∂x as `dx`: those that are wanted. With `upstreamOf`, the
 * gradients of Σ output ⊙ upstream in place of C.
 */
export function gradientGraph(
  options: Task,
  wanted: { parameters: boolean; inputs: boolean },
  upstreamOf?: (graph: Graph, y: Node) => Node,
): Graph {
  const { graph, parameters, output, terms, x, y } = withLoss(options, true);
  const trained = parameters.filter((parameter) => wanted.parameters && parameter.trained).map(({ node }) => node);
  const nodes = wanted.inputs ? [...trained, x] : trained;
  differentiate(graph, upstreamOf ? output : terms, nodes, upstreamOf?.(graph, y));
  return graph;
}

/**
 * As `trainingGraph` without updates, with σ'(z) of each layer as `slope1`, ... and the name of what is predicted. Says
 * which tensors have a column per sample.
 */
export function inspectionGraph(options: Task): Prediction & { perSample(name: string): boolean } {
  const { graph, parameters, output } = trainingGraph(options);
  for (const node of [...graph.nodes]) {
    const [, layer] = /^a(\d+)$/.exec(node.name) ?? [];
    if (layer && node.op === activation) appendSlope(graph, node, `slope${layer}`);
  }
  const constants = graph.nodes.filter(({ op }) => op === constant).map(({ name }) => name);
  const ofAll = new Set([...constants, ...parameters.flatMap(({ node: { name } }) => [name, `d${name}`])]);
  const prediction = appendPrediction(graph, options.loss, output).name;
  return { graph, parameters, prediction, perSample: (name) => !ofAll.has(name) };
}

/** What an evaluation measures besides loss and accuracy. */
export interface Measures {
  readonly metrics: readonly Metric[];
  readonly question: Question;
  /** Batches in the data set, or more. */
  readonly batches: number;
}

export interface EvaluationGraph extends BuiltGraph {
  /** Names of what to read at the end: `lossTotal`, `correctTotal` and what the metrics need. */
  readonly totals: readonly string[];
  /** What reads the results of each metric. */
  readonly readers: readonly ((found: Found) => object)[];
}

/** x, y -> totals over many batches, in slots for that many evaluations: two at least. */
export function evaluationGraph(options: Task, measures?: Measures): EvaluationGraph {
  const { graph, parameters, output, y, terms } = withLoss(options, false);
  const { threshold, mean } = options.loss;
  const places = choicesIn(options.model, options.loss);
  const attributes = { threshold, ...(places > 1 ? { places } : {}) };
  const each = append(graph, correct, [output, y, stepOf(graph)], attributes, 'correct');
  const right = places > 1 ? append(graph, columnSum, [each], { groups: 3 }) : each;
  const site = { graph, loss: options.loss, output, y, totals: [], kept: [], ...measures } as MetricSite;
  const readers = (measures?.metrics ?? []).map(({ rule }) => rule.append(site));
  const slots = Math.max(
    2,
    slotsFor(bytesOfTotal(terms) + bytesOfTotal(right) + site.totals.reduce((sum, { bytes }) => sum + bytes, 0)),
  );
  appendTotal(graph, 'lossTotal', terms, { mean, slots });
  appendTotal(graph, 'correctTotal', right, { mean: false, slots });
  for (const { append } of site.totals) append(slots);
  const totals = ['lossTotal', 'correctTotal', ...site.totals.map(({ name }) => name), ...site.kept];
  return { graph, parameters, readers, totals };
}

/** x -> `prediction`: the output of the model, through the activation that the loss had taken over. */
export function predictionGraph({ model, loss, batch }: Task): Prediction {
  const graph = createGraph();
  const x = leaf(graph, batchLeaf, 'x', [...model.input, batch]);
  const { output, parameters } = appendModel(graph, model, x, false);
  return { graph, parameters, prediction: appendPrediction(graph, loss, output).name };
}

/** x -> the output of the model, in training or not, or what is predicted from it. */
export function forwardGraph({ model, loss, batch, frozen }: Task, training: boolean, prediction: boolean) {
  const graph = createGraph();
  const x = leaf(graph, batchLeaf, 'x', [...model.input, batch]);
  const { output } = appendModel(graph, model, x, training, frozen);
  return { graph, output: prediction ? appendPrediction(graph, loss, output) : output };
}

/** Gathers x and y of one batch from `count` samples on the device, of one copy if they are the same; augments x if asked. */
export function feedGraph(
  { inputs, targets, count }: Pick<AnyDataset, 'inputs' | 'targets' | 'count'>,
  batch: number,
  augmentation?: Augmentation,
): Graph {
  const graph = createGraph();
  const formatOf = (field: Field | StreamedField) => (typeOf(field) === 'uint8' ? 'bytes' : 'floats');
  const samples = (name: string, field: Field | StreamedField): Node =>
    leaf(graph, data, name, [count, field.kind === 'labels' ? 1 : field.size], { format: formatOf(field) });
  const feed = (name: string, source: Node, field: Field | StreamedField, changes?: Augmentation) => {
    const { kind, size, scale } = field;
    const format = formatOf(field);
    if (changes) appendAugmented(graph, source, changes, { format, scale, batch }, name);
    else append(graph, gather, [source, stepOf(graph)], { kind, format, size, scale, batch }, name);
  };
  const xData = samples('xData', inputs);
  feed('x', xData, inputs, augmentation);
  feed('y', isMirrored({ inputs, targets }) ? xData : samples('yData', targets), targets);
  return graph;
}

/** Epochs whose totals stay on the device: the more there are, the longer training goes on without a look at them. */
const MOST_SLOTS = 256;
const SLOT_BYTES = 2 ** 18;

const bytesOfTotal = ({ shape }: Node): number => 2 * byteLength(shape);

/** Slots for totals of so many bytes in each. */
const slotsFor = (bytes: number): number => Math.max(1, Math.min(MOST_SLOTS, Math.floor(SLOT_BYTES / bytes)));

function withLoss({ model, loss, batch, frozen }: Task, training: boolean) {
  const graph = createGraph();
  const x = leaf(graph, batchLeaf, 'x', [...model.input, batch]);
  const y = leaf(graph, batchLeaf, 'y', [...model.shapes[model.shapes.length - 1], batch]);
  const { output, parameters, updates } = appendModel(graph, model, x, training, frozen);
  const terms: Node = appendLoss(graph, loss, output, y);
  rename(graph, terms, 'losses');
  return { graph, parameters, updates, output, x, y, terms };
}
