/** The graphs of a model: a training step, the gradients alone, an evaluation, a prediction, and the feed of a batch. */

import { byteLength, columns } from '../base/tensor.ts';
import { differentiate, type Ending } from '../compiler/differentiate.ts';
import type { Field } from '../data/dataset.ts';
import { isMirrored } from '../data/fields.ts';
import { stored } from '../data/parts.ts';
import { typeOf } from '../data/stream-of.ts';
import type { AnyDataset, StreamedField } from '../data/streamed.ts';
import { append, createGraph, find, type Graph, type Node, rename } from '../graph/graph.ts';
import { appendConstant, batch as batchLeaf, constant, data, leaf, stepOf } from '../graph/leaf.ts';
import type { Found, Metric, MetricSite, MetricTotal } from '../metrics/metric.ts';
import type { Question } from '../nn/losses/facts.ts';
import { appendLoss, appendPrediction, type LossFunction, predictionOf } from '../nn/losses/loss.ts';
import { appendModel, choicesIn, type Model, type Parameter, severalOutputs } from '../nn/model.ts';
import type { Optimizer } from '../nn/optimizers/optimizer.ts';
import { appendUpdates, type StateFrom, type UpdateOptions } from '../nn/updates.ts';
import { activation, appendSlope } from '../ops/activation.ts';
import { copy } from '../ops/arithmetic.ts';
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
  /** Whether samples have weights, which a program finds in `w`, [1, batch]. */
  readonly weighted?: boolean;
}

/**
 * x, y, and w of a weighted task -> z, a, C, δ, ∂W, ∂b and, with an optimizer, the updates; `losses` sums to C, and with an
 * optimizer `lossTotal` adds it up over each epoch, in a slot of its own for the last ones.
 */
export function trainingGraph(
  options: Task,
  optimizer?: Optimizer,
  update: UpdateOptions & { readonly stateFrom?: StateFrom } = {},
): BuiltGraph & { readonly outputs: readonly Node[]; readonly gradients: ReadonlyMap<Node, Node> } {
  const { graph, parameters, updates, terms, endings, outputs } = withLoss(options, true);
  if (optimizer) appendTotal(graph, 'lossTotal', terms, { ...options.loss, slots: slotsFor(bytesOfTotal(terms)) });
  const trained = parameters.filter((parameter) => parameter.trained);
  const gradients = differentiate(
    graph,
    endings,
    trained.map(({ node }) => node),
  );
  if (optimizer) {
    const { stateFrom = {} } = update;
    appendUpdates(graph, optimizer, parameters, gradients, { ...update, stateFrom, mean: options.loss.mean });
    for (const append of updates) append();
  }
  return { graph, parameters, outputs, gradients };
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
  const { graph, parameters, output, endings, x, y } = withLoss(options, true);
  const trained = parameters.filter((parameter) => wanted.parameters && parameter.trained).map(({ node }) => node);
  const nodes = wanted.inputs ? [...trained, x] : trained;
  differentiate(graph, upstreamOf ? output : endings, nodes, upstreamOf?.(graph, y));
  return graph;
}

/**
 * As `trainingGraph` without updates, with what else explains a pass: σ'(z) of each layer as `slope1`, ..., ∂C/∂a as `da1`, ...,
 * and the mean and the variance of a normalisation as `mean1`, `variance1`; and the name of what is predicted. Says which tensors
 * have a column per sample.
 */
export function inspectionGraph(options: Task): Prediction & { perSample(name: string): boolean } {
  const { graph, parameters, outputs, gradients } = trainingGraph(options);
  for (const node of [...graph.nodes]) {
    const [, letter, layer] = /^(a|normalized)(\d+)$/.exec(node.name) ?? [];
    if (letter === 'normalized') nameAll(graph, node.inputs.slice(1), [`mean${layer}`, `variance${layer}`]);
    if (letter !== 'a') continue;
    if (node.op === activation) appendSlope(graph, node, `slope${layer}`);
    const gradient = gradients.get(node);
    if (gradient) nameAll(graph, [gradient], [`da${layer}`]);
  }
  const others = graph.nodes.filter(({ op, shape }) => op === constant || columns(shape) !== options.batch);
  const ofParameters = parameters.flatMap(({ node: { name } }) => [name, `d${name}`]);
  const ofAll = new Set([...others.map(({ name }) => name), ...ofParameters]);
  const prediction = appendPredictions(graph, options, outputs).name;
  return { graph, parameters, prediction, perSample: (name) => !ofAll.has(name) };
}

/** Makes nodes known under these names too. */
function nameAll(graph: Graph, nodes: readonly Node[], names: readonly string[]): void {
  for (const [i, node] of nodes.entries()) {
    if (node.name) append(graph, copy, [node], {}, names[i]);
    else rename(graph, node, names[i]);
  }
}

/** What an evaluation measures besides loss and accuracy, of one output. */
export interface Measures {
  readonly metrics: readonly Metric[];
  readonly question: Question;
  /** Batches in the data set, or more. */
  readonly batches: number;
}

export interface EvaluationGraph extends BuiltGraph {
  /** Names of what to read at the end: `lossTotal`, `correctTotal` and what the metrics need. */
  readonly totals: readonly string[];
  /** For each output, what reads the results of each metric. */
  readonly readers: readonly (readonly ((found: Found) => object)[])[];
}

/** x, y -> totals over many batches, in slots for that many evaluations: two at least. `measures` are those of each output. */
export function evaluationGraph(options: Task, measures: readonly Measures[] = []): EvaluationGraph {
  const { graph, parameters, asked } = withLoss(options, false);
  const { mean } = options.loss;
  const [totals, kept]: [MetricTotal[], string[]] = [[], []];
  const measured = asked.map(({ suffix, loss, choices, output, y }, i) => {
    const { threshold } = loss;
    const attributes = { threshold, ...(choices > 1 ? { places: choices } : {}) };
    const each = append(graph, correct, [output, y, stepOf(graph)], attributes, `correct${suffix}`);
    const right = choices > 1 ? append(graph, columnSum, [each], { groups: 3 }) : each;
    const site = { graph, loss, choices, output, y, suffix, totals, kept, ...measures[i] } as MetricSite;
    return { right, readers: (measures[i]?.metrics ?? []).map(({ rule }) => rule.append(site)) };
  });
  const counted = asked.flatMap(({ suffix, terms }, i) => [
    { name: `lossTotal${suffix}`, of: terms, mean },
    { name: `correctTotal${suffix}`, of: measured[i].right, mean: false },
  ]);
  const bytes = [...counted.map(({ of }) => bytesOfTotal(of)), ...totals.map(({ bytes }) => bytes)];
  const slots = Math.max(2, slotsFor(bytes.reduce((sum, n) => sum + n, 0)));
  for (const { name, of, mean } of counted) appendTotal(graph, name, of, { mean, slots });
  for (const { append } of totals) append(slots);
  const names = [...[...counted, ...totals].map(({ name }) => name), ...kept];
  return { graph, parameters, readers: measured.map(({ readers }) => readers), totals: names };
}

/** x -> `prediction`: the output of the model, through the activation that the loss had taken over. */
export function predictionGraph({ model, loss, batch }: Task): Prediction {
  const graph = createGraph();
  const x = leaf(graph, batchLeaf, 'x', [...model.input, batch]);
  const { outputs, parameters } = appendModel(graph, model, x, false);
  return { graph, parameters, prediction: appendPredictions(graph, { model, loss }, outputs).name };
}

/** x -> the output of the model, in training or not, or what is predicted from it. */
export function forwardGraph({ model, loss, batch, frozen }: Task, training: boolean, prediction: boolean) {
  const graph = createGraph();
  const x = leaf(graph, batchLeaf, 'x', [...model.input, batch]);
  const { output, outputs } = appendModel(graph, model, x, training, frozen);
  return { graph, output: prediction ? appendPredictions(graph, { model, loss }, outputs) : output };
}

/**
 * Gathers x and y of one batch from `count` samples on the device, of one copy if they are the same; augments x if asked. Targets
 * with parts are those of several outputs of the model. For a weighted program, w is gathered too; it is 1 where the samples have
 * no weights.
 */
export function feedGraph(
  { inputs, targets, sampleWeights, count }: Pick<AnyDataset, 'inputs' | 'targets' | 'sampleWeights' | 'count'>,
  batch: number,
  augmentation?: Augmentation,
  { model, weighted }: Partial<Pick<Task, 'model' | 'weighted'>> = {},
): Graph {
  const graph = createGraph();
  const formatOf = (field: Field | StreamedField) => (typeOf(field) === 'uint8' ? 'bytes' : 'floats');
  const samples = (name: string, field: Field | StreamedField): Node =>
    leaf(graph, data, name, [count, stored(field)], { format: formatOf(field) });
  const feed = (name: string, source: Node, field: Field | StreamedField, changes?: Augmentation) => {
    const { kind, size, scale, parts } = field;
    const format = formatOf(field);
    const several = name === 'y' && parts && model && severalOutputs(model);
    if (changes) appendAugmented(graph, source, changes, { format, scale, batch }, name);
    else if (several) {
      const table = several.rule.table(several.outputs, parts, 'targets');
      several.rule.gather(graph, source, table, { format, scale, batch, stored: stored(field) }, name);
    } else append(graph, gather, [source, stepOf(graph)], { kind, format, size, scale, batch }, name);
  };
  const xData = samples('xData', inputs);
  feed('x', xData, inputs, augmentation);
  feed('y', isMirrored({ inputs, targets }) ? xData : samples('yData', targets), targets);
  if (!weighted) return graph;
  if (sampleWeights) feed('w', samples('wData', sampleWeights), sampleWeights);
  else append(graph, copy, [appendConstant(graph, 'ones', [1, batch], new Array(batch).fill(1))], {}, 'w');
  return graph;
}

/** Epochs whose totals stay on the device: the more there are, the longer training goes on without a look at them. */
const MOST_SLOTS = 256;
const SLOT_BYTES = 2 ** 18;

const bytesOfTotal = ({ shape }: Node): number => 2 * byteLength(shape);

/** Slots for totals of so many bytes in each. */
const slotsFor = (bytes: number): number => Math.max(1, Math.min(MOST_SLOTS, Math.floor(SLOT_BYTES / bytes)));

function withLoss({ model, loss, batch, frozen, weighted }: Task, training: boolean) {
  const graph = createGraph();
  const x = leaf(graph, batchLeaf, 'x', [...model.input, batch]);
  const y = leaf(graph, batchLeaf, 'y', [...model.shapes[model.shapes.length - 1], batch]);
  const { output, outputs, parameters, updates } = appendModel(graph, model, x, training, frozen);
  const weights = weighted ? leaf(graph, batchLeaf, 'w', [1, batch]) : undefined;
  const terms: Node = appendLoss(graph, loss, output, y, { outputs, weights });
  rename(graph, terms, 'losses');
  const asked = loss.heads?.map(({ name, loss, weight, choices }, i): Asked => {
    const [y, terms] = ['y', 'losses'].map((of) => find(graph, `${of}.${name}`)!);
    return { suffix: `.${name}`, loss, choices, factor: weight, output: outputs[i], y, terms };
  }) ?? [{ suffix: '', loss, choices: choicesIn(model, loss), factor: 1, output, y, terms }];
  const endings = asked.map(({ terms, factor }): Ending => {
    return weights ? { node: terms.inputs[0], factor, weights } : { node: terms, factor };
  });
  return { graph, parameters, updates, output, outputs, x, y, terms, asked, endings };
}

/** What is asked of one output: its loss, the terms of that, and its targets. */
interface Asked {
  /** Of the names of its tensors. */
  readonly suffix: string;
  readonly loss: LossFunction;
  readonly choices: number;
  readonly factor: number;
  readonly output: Node;
  readonly y: Node;
  readonly terms: Node;
}

/** Appends what is predicted from the outputs, one after the other. */
function appendPredictions(
  graph: Graph,
  { model, loss }: Pick<Task, 'model' | 'loss'>,
  outputs: readonly Node[],
): Node {
  const several = severalOutputs(model);
  if (!several) return appendPrediction(graph, loss, outputs[0]);
  const { heads } = loss;
  const activations = heads!.map(({ loss }) => predictionOf(loss));
  const names = heads!.map(({ name }) => name);
  return several.rule.predict(graph, outputs, activations, names);
}
