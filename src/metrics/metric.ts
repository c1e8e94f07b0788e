/**
 * What a metric is: plain data made by a function such as `topK(5)`, which carries its rule. The rule appends to the graph of
 * an evaluation what is added up over its batches, and says what the totals come to. One metric, one file; a program holds the
 * code of the metrics that it names.
 */
import { isList, keysOf, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { Graph, Node } from '../graph/graph.ts';
import type { Question } from '../nn/losses/facts.ts';
import type { LossFunction } from '../nn/losses/loss.ts';

/** A measure of how well a net does on a data set; made by functions such as {@link precisionRecallF1}. */
export interface Metric<Results extends object = object> {
  /** The call that made it: `'topK(5)'`. */
  readonly name: string;
  /** The numbers among its results by which epochs can be compared, and which of them is best. */
  readonly best: Readonly<Record<string, 'highest' | 'lowest'>>;
  /** How it is computed; this may change. */
  readonly rule: MetricRule<Results>;
}

/** How a metric is computed. */
export interface MetricRule<Results extends object> {
  /** Whether it keeps something of every batch, so that its graph depends on how many there are. */
  readonly perBatch?: boolean;
  /** Whether it takes outputs that choose a class for each pixel. */
  readonly perPixel?: boolean;
  /** What it needs instead of such targets under such a loss: `'class labels'`; undefined where it has what it needs. */
  lacks(subject: Subject): string | undefined;
  /** Appends what it needs of each batch, and returns what reads the results. */
  append(site: MetricSite): (found: Found) => Results;
}

/** What a net is measured on. */
export interface Subject {
  /** Name of the data set. */
  readonly name: string;
  /** Its targets, without their numbers. */
  readonly targets: {
    /** Whether they are class labels or values. */
    readonly kind: 'labels' | 'values';
    /** Number of classes, or of values per sample. */
    readonly size: number;
  };
  /** Names of its classes, or of the outputs. */
  readonly classNames?: readonly string[];
  /** The loss of the net. */
  readonly loss: LossFunction;
  /** How many classes are chosen for a sample: one, or one for each pixel of an image. */
  readonly choices: number;
}

/** Where in the graph of an evaluation a metric is appended. */
export interface MetricSite {
  /** The graph of an evaluation. */
  readonly graph: Graph;
  /** The loss of the net. */
  readonly loss: LossFunction;
  /** What is asked of the net. */
  readonly question: Question;
  /** The output of the model: `[..., N]`. */
  readonly output: Node;
  /** The targets: `[..., N]`. */
  readonly y: Node;
  /** How many classes are chosen for a sample, as in {@link Subject}. */
  readonly choices: number;
  /** Batches in the data set, or more. */
  readonly batches: number;
  /** What the names of its tensors end in. It tells several outputs apart. */
  readonly suffix: string;
  /** What is added up over the batches, appended when all of them are known. */
  readonly totals: MetricTotal[];
  /** Names of other tensors to read at the end. */
  readonly kept: string[];
}

/** A tensor that adds up something over the batches of an evaluation, in a slot for each evaluation that is under way. */
export interface MetricTotal {
  /** Name of the tensor. */
  readonly name: string;
  /** Bytes of one slot. */
  readonly bytes: number;
  /** Appends it, with so many slots. */
  append(slots: number): Node;
}

/** What an evaluation has found. */
export interface Found {
  /** What was measured. */
  readonly subject: Subject;
  /** What every evaluation has. */
  readonly evaluation: {
    /** As in an evaluation. */
    readonly accuracy?: number;
    /** As in an evaluation. */
    readonly exactMatch?: number;
    /** Samples. */
    readonly count: number;
  };
  /** Totals by name, as they are read of one slot, and the record if there is one. */
  readonly totals: ReadonlyMap<string, Float32Array>;
}

/** What is asked of a net with such targets under such a loss. */
export const questionOf = ({ targets, loss }: Pick<Subject, 'targets' | 'loss'>): Question =>
  targets.kind === 'labels' ? 'class' : loss.question;

/** The results of several metrics, as one object. */
export type ResultsOf<M extends readonly Metric[]> = M extends readonly []
  ? undefined
  : (M[number] extends infer One ? (One extends Metric<infer R> ? (result: R) => void : never) : never) extends (
        result: infer All,
      ) => void
    ? All
    : never;

/**
 * Throws ArgumentError for what is no list of metrics, for two with a result of the same name, and for one that says nothing of
 * these targets under this loss.
 */
export function checkMetrics(where: string, metrics: unknown, subject: Subject): void {
  if (metrics === undefined) return;
  if (!isList(metrics)) {
    throw new ArgumentError(`${where} must be a list such as [topK(5)], found ${showValue(metrics)}`);
  }
  const names = new Map<string, string>();
  for (const [i, metric] of metrics.entries()) {
    if (!isMetric(metric)) {
      throw new ArgumentError(`${where}[${i}] must be a metric such as topK(5), found ${showValue(metric)}`);
    }
    for (const name of Object.keys(metric.best)) {
      if (names.has(name)) throw new ArgumentError(`${where}: ${names.get(name)} and ${metric.name} both give ${name}`);
      names.set(name, metric.name);
    }
    const isOne = subject.choices === 1 || metric.rule.perPixel;
    const missing = isOne ? metric.rule.lacks(subject) : 'one class per sample';
    if (missing === undefined) continue;
    const { name, targets, loss } = subject;
    const found = targets.kind === 'labels' ? `labels of ${targets.size} classes` : `${targets.size} target values`;
    throw new ArgumentError(`${where}: ${metric.name} needs ${missing}, found ${name} with ${found} and ${loss.name}`);
  }
}

const isMetric = (value: unknown): value is Metric =>
  Boolean(keysOf(member(value, 'best'))) &&
  ['lacks', 'append'].every((name) => typeof member(member(value, 'rule'), name) === 'function');
