/** What metrics append to the graph of an evaluation: decisions, predictions, totals over its batches, and a record of all. */
import { byteLength, rows } from '../base/tensor.ts';
import { append, find, type Node, reuse } from '../graph/graph.ts';
import { leaf, state, stepOf } from '../graph/leaf.ts';
import { BY_BATCH } from '../graph/storage.ts';
import { appendPrediction } from '../nn/losses/loss.ts';
import { highest, reaches } from '../ops/decisions.ts';
import { record } from '../ops/record.ts';
import { reshape } from '../ops/reshape.ts';
import { difference } from '../ops/residuals.ts';
import { rowSum } from '../ops/row-sum.ts';
import { appendSpread, squaresOf } from '../ops/spread.ts';
import { appendTotal, valuesOfTotal } from '../ops/total.ts';
import type { Found, MetricRule, MetricSite } from './metric.ts';

/** What a total comes to, element by element. */
export type Total = (found: Found) => Float64Array;

/** The sum of a node over all batches. */
export function totalOf({ graph, totals }: MetricSite, node: Node): Total {
  const name = `metric${totals.length}`;
  const append = (slots: number): Node => appendTotal(graph, name, node, { mean: false, slots });
  totals.push({ name, bytes: 2 * byteLength(node.shape), append });
  return (found) => valuesOfTotal(found.totals.get(name)!);
}

/** For each row of x [K, N], Σ (x − mean)² over all batches. */
export function spreadOf({ graph, totals }: MetricSite, x: Node): Total {
  const name = `metric${totals.length}`;
  const append = (slots: number): Node => appendSpread(graph, name, x, slots);
  totals.push({ name, bytes: 4 * byteLength([rows(x.shape), 1]), append });
  return (found) => squaresOf(found.totals.get(name)!);
}

/** An activation of any axes as [K, N]. */
export const flat = ({ graph }: MetricSite, node: Node): Node =>
  node.shape.length === 2 ? node : reuse(graph, reshape, [node], { axes: `[${rows(node.shape)}]` });

/**
 * What the net says and what is right, as ones and zeros [K, N]: the class of each sample, or of each of its pixels, or its labels. Columns past the end
 * of a ragged batch are 0.
 */
export function decisionsOf(site: MetricSite): { said: Node; right: Node } {
  const { graph, loss, question, choices } = site;
  const [output, y] = [site.output, site.y].map((node) => flat(site, node));
  const decide = (node: Node, threshold: number): Node =>
    question === 'class'
      ? reuse(graph, highest, [node, stepOf(graph)], choices > 1 ? { places: choices } : {})
      : reuse(graph, reaches, [node, stepOf(graph)], { threshold });
  return { said: decide(output, loss.threshold), right: decide(y, 0.5) };
}

/** What the net predicts, and the targets: [K, N]. */
export function predictionsOf(site: MetricSite): { predicted: Node; y: Node } {
  const { graph, loss, output, y, suffix } = site;
  const predicted = find(graph, `prediction${suffix}`) ?? appendPrediction(graph, loss, output, suffix);
  return { predicted: flat(site, predicted), y: flat(site, y) };
}

/** What metrics of values need. */
export const lacksValues: MetricRule<object>['lacks'] = ({ targets }) =>
  targets.kind === 'values' ? undefined : 'values as targets';

/** What the net predicts less the targets: [K, N], 0 in columns past the end of a ragged batch. */
export function errorsOf(site: MetricSite): Node {
  const { predicted, y } = predictionsOf(site);
  return append(site.graph, difference, [predicted, y, stepOf(site.graph)]);
}

/** For each output, the sum over all samples. */
export const totalPerOutput = (site: MetricSite, node: Node): Total => totalOf(site, reuse(site.graph, rowSum, [node]));

/** The tensor that keeps every prediction and target, in a slot for each batch. */
const RECORD = 'metricRecord';

/** For output k, what was predicted for every sample, and its targets. */
export type Pairs = (found: Found, k: number) => { readonly predicted: Float32Array; readonly targets: Float32Array };

/** Keeps every prediction and target on the device. */
export function recordOf(site: MetricSite): Pairs {
  const { graph, batches } = site;
  const name = `${RECORD}${site.suffix}`;
  const { predicted, y } = predictionsOf(site);
  const [outputs, batch] = y.shape;
  if (!find(graph, name)) {
    const kept = leaf(graph, state, name, [2 * batches, outputs, batch], { [BY_BATCH]: true });
    append(graph, record, [kept, predicted, y, stepOf(graph)]);
    site.kept.push(name);
  }
  return (found, k) => {
    const { count } = found.evaluation;
    const values = found.totals.get(name)!;
    const plane = (which: number): Float32Array => {
      const out = new Float32Array(count);
      for (let first = 0; first < count; first += batch) {
        const at = (((2 * first) / batch + which) * outputs + k) * batch;
        out.set(values.subarray(at, at + Math.min(batch, count - first)), first);
      }
      return out;
    };
    return { predicted: plane(0), targets: plane(1) };
  };
}
