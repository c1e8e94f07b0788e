/**
 * Turns the gradients of a step into updates: gradients of several batches are added up, clipped to a norm, and handed to
 * the optimizer. Each part appends nodes only where it is asked for.
 */
import { append, type Graph, type Node } from '../graph/graph.ts';
import { leaf, state, stepOf } from '../graph/leaf.ts';
import { accumulate as accumulateOp, perSample, whenDue } from '../ops/accumulate.ts';
import { appendClipped } from '../ops/gradient-norm.ts';
import { averageWeights } from '../ops/optimizer-steps.ts';
import type { Parameter } from './model.ts';
import { appendUpdate, type Optimizer, type Penalty } from './optimizers/optimizer.ts';
import { valuesByKey } from './parameter-patterns.ts';

/** How the gradients of a step become an update. */
export interface UpdateOptions {
  /**
   * c > 0: the gradients are scaled by `min(1, c / ‖g‖)`, where ‖g‖ is the norm of all of them together (Pascanu et al. 2013);
   * `tensor('gradientNorm')` reads it. Default: no limit.
   */
  readonly clipNorm?: number;
  /**
   * Batches whose gradients are added up for one update, as if they were one batch. The last update of an epoch takes those
   * that are left. Default: 1.
   */
  readonly accumulate?: number;
  /**
   * What multiplies the learning rate of some parameters, by patterns of their keys: `{ 'layers.0.*': 0.1 }`. Of several
   * patterns that match a key the last one counts. Default: 1 for all.
   */
  readonly learningRates?: Readonly<Record<string, number>>;
  /**
   * A penalty on the size of some parameters, by patterns of their keys: `{ '*.weight': { l2: 1e-4 } }`. Of several patterns that
   * match a key the last one counts. The penalty is `l1 Σ |θ| + ½ l2 Σ θ²`, for every update: `l1 sign(θ) + l2 θ` is added to the
   * gradient after it was clipped, and before the optimizer takes it, as PyTorch's `weight_decay` is. Keras' `l2(x)` is `l2: 2 x`
   * here. Losses and {@link Trainer.gradients} are without it. Default: none.
   */
  readonly regularize?: Readonly<Record<string, Penalty>>;
  /**
   * β in [0, 1): keeps a moving average of the weights beside them, `average: 0.999`, which `evaluate`, the validation of `fit`,
   * `predict` and `save` use. The weights after the last updates count 1, β, β², ..., divided by the sum of these, so it is good
   * for something from the first update on. Default: none.
   */
  readonly average?: number;
}

/** The name of the average of a parameter. */
export const averageNameOf = (name: string): string => `average.${name}`;

/**
 * What an average keeps of itself in the n-th update that it is of, n = 1, 2, ...: β (1 − βⁿ⁻¹) / (1 − βⁿ). So the weights
 * after the last updates count 1, β, β², ..., divided by the sum of these, and those before the first do not count.
 */
export const retained = (beta: number, n: number): number => (beta * (1 - beta ** (n - 1))) / (1 - beta ** n);

/** By key, the updates before the first one that the state of a parameter is of, where there are any. */
export type StateFrom = Readonly<Record<string, number>>;

/** Appends the update of every parameter that is trained; `mean` says whether a gradient is the mean over its batch, or the sum. */
export function appendUpdates(
  graph: Graph,
  optimizer: Optimizer,
  parameters: readonly Parameter[],
  gradients: ReadonlyMap<Node, Node>,
  options: UpdateOptions & { readonly stateFrom: StateFrom; readonly mean: boolean },
): void {
  const { clipNorm, accumulate = 1, learningRates = {}, regularize = {}, average, stateFrom, mean } = options;
  const keys = parameters.map(({ key }) => key);
  const factors = valuesByKey('compile: learningRates', learningRates, keys);
  const penalties = valuesByKey('compile: regularize', regularize, keys);
  const trained = parameters.filter((parameter) => parameter.trained);
  const waits = accumulate > 1;
  const ofBatch = trained.map(({ node }) => gradients.get(node)!);
  const whole = waits ? ofBatch.map((g, i) => appendSum(graph, trained[i].node, g, mean)) : ofBatch;
  const clipped = clipNorm === undefined ? whole : appendClipped(graph, whole, clipNorm);
  trained.forEach((parameter, i) => {
    const { key } = parameter;
    const rule = { waits, factor: factors.get(key), penalty: penalties.get(key), stateFrom: stateFrom[key] };
    const updated = appendUpdate(graph, optimizer, parameter, clipped[i], rule);
    if (average !== undefined) appendAverage(graph, parameter.node, updated, waits);
  });
}

/** The average of a parameter, with its new values. */
function appendAverage(graph: Graph, { name, shape }: Node, updated: Node, waits: boolean): void {
  const kept = leaf(graph, state, averageNameOf(name), shape);
  append(graph, waits ? whenDue(averageWeights) : averageWeights, [kept, updated, stepOf(graph)]);
}

/** The gradient of all batches since the last update, as of one batch of all their samples. */
function appendSum(graph: Graph, { name, shape }: Node, gradient: Node, mean: boolean): Node {
  const step = stepOf(graph);
  const kept = leaf(graph, state, `sum.${name}`, shape);
  const sum = append(graph, accumulateOp, [kept, gradient, step], { mean });
  return mean ? append(graph, perSample, [sum, step]) : sum;
}
