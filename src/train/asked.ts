/** What an evaluation asks: of the output of a net, or of each of several. */
import { checkKeys, isList } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { AnyDataset } from '../data/streamed.ts';
import { checkMetrics, type Metric, type Subject } from '../metrics/metric.ts';
import { choicesIn, outputs } from '../nn/model.ts';
import type { Task } from './graphs.ts';

/** Metrics: a list, or a list for each of several outputs, by name. */
export type Metrics = readonly Metric[] | Readonly<Record<string, readonly Metric[]>>;

/** What is asked of one output. */
export interface Asked {
  /** Name of the output; empty where there is one. */
  readonly name: string;
  /** What follows the names of its tensors. */
  readonly suffix: string;
  readonly subject: Subject;
  readonly metrics: readonly Metric[];
  /** Factor of its loss. */
  readonly weight: number;
  /** Values per sample. */
  readonly outputs: number;
}

/** Throws ArgumentError for metrics that are none, or that say nothing of these targets. */
export function askedOf(
  { loss, model }: Pick<Task, 'loss' | 'model'>,
  { name, targets, classNames }: AnyDataset,
  metrics: Metrics | undefined,
  where = '',
): readonly Asked[] {
  if (!loss.heads) {
    const subject = { name, targets, classNames, loss, choices: choicesIn(model, loss) };
    checkMetrics(where, metrics, subject);
    const own = (metrics ?? []) as readonly Metric[];
    return [{ name: '', suffix: '', subject, metrics: own, weight: 1, outputs: outputs(model) }];
  }
  const given = byOutput(loss.heads, metrics, where);
  return loss.heads.map(({ name: output, loss, weight, outputs, choices }) => {
    const part = targets.parts?.find((part) => part.name === output) ?? { kind: 'values', size: outputs };
    const names = 'classNames' in part ? part.classNames : undefined;
    const subject = { name, targets: part, classNames: names, loss, choices };
    const own = given[output];
    checkMetrics(`${where}.${output}`, own, subject);
    return { name: output, suffix: `.${output}`, subject, metrics: own ?? [], weight, outputs };
  });
}

function byOutput(
  heads: readonly { readonly name: string }[],
  metrics: Metrics | undefined,
  where: string,
): Readonly<Record<string, readonly Metric[]>> {
  if (metrics === undefined) return {};
  const names = heads.map(({ name }) => name);
  if (isList(metrics)) {
    const expected = `lists by the names of the outputs, { ${names.join(', ')} }`;
    throw new ArgumentError(`${where}: expected ${expected}, found ${showValue(metrics)}`);
  }
  checkKeys(where, metrics, names);
  return metrics;
}
