/**
 * Compares tensors of a step with the CPU reference, element by element, against computed bounds. The reference goes from
 * tensor to tensor with the values the device holds, so that every bound is about one kernel and stays tight.
 */
import { isList, member } from '../base/arguments.ts';
import { ArgumentError, RetrogradError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { columns, type Shape, show } from '../base/tensor.ts';
import type { Graph, Node } from './graph.ts';
import type { Data, Value } from './op.ts';
import { evaluate } from './reference.ts';
import type { StepRow } from './step-row.ts';
import { written } from './storage.ts';

/** One tensor compared with the CPU reference, element by element. */
export interface Comparison {
  /** Name of the tensor: `z1`, `dW1`. */
  readonly tensor: string;
  /** Its shape. */
  readonly shape: Shape;
  /** The element that is furthest off, as a fraction of its error bound. */
  readonly worst: {
    /** Its row: all axes but the last, counted as one. */
    readonly row: number;
    /** Its column: the last axis. */
    readonly column: number;
    /** The value on the GPU. */
    readonly actual: number;
    /** The value of the reference. */
    readonly expected: number;
    /** Largest error that rounding in f32 explains. */
    readonly bound: number;
  };
  /** `|actual − expected| / bound` of that element; more than 1 is an error. */
  readonly share: number;
}

/** Comparison of a step with the CPU reference; made by {@link Trainer.check}. */
export interface Report {
  /** Whether all tensors are within their bounds. */
  readonly ok: boolean;
  /** The comparison of each tensor. */
  readonly tensors: readonly Comparison[];
  /** Largest `share` of all tensors. */
  readonly share: number;
}

/** The GPU differs from the CPU reference by more than the error bound. */
export class CheckError extends RetrogradError {
  override readonly name = 'CheckError';

  /** Makes an error about a report. */
  constructor(
    message: string | readonly string[],
    /** The whole comparison, with the tensors that are within their bounds. */
    readonly report: Report,
  ) {
    super(message);
  }
}

/** Every element of `actual` against its bound. A NaN, or an infinity on one side only, uses up any allowance. */
export function compare(tensor: string, actual: ArrayLike<number>, { data, error, shape }: Value): Comparison {
  let [worst, share] = [0, -1];
  for (let i = 0; i < data.length; i++) {
    const used = shareOf(actual[i], data[i], error?.[i] ?? 0);
    if (used > share) [worst, share] = [i, used];
  }
  const at = { row: Math.floor(worst / columns(shape)), column: worst % columns(shape) };
  return {
    tensor,
    shape,
    share,
    worst: { ...at, actual: actual[worst], expected: data[worst], bound: error?.[worst] ?? 0 },
  };
}

function shareOf(actual: number, expected: number, bound: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const share = Math.abs(actual - expected) / bound;
  return Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
}

export interface CheckOptions {
  readonly step: StepRow;
  /** Leaves as they were before the step. */
  leaf(node: Node): Data;
  /** What the device holds after the step, for the nodes it stores; undefined for the others. */
  actual(node: Node): Data | undefined;
}

/** Compares every tensor that the device holds after one run of the graph. */
export function checkGraph(graph: Graph, { step, leaf, actual }: CheckOptions): Report {
  const tensors: Comparison[] = [];
  evaluate(graph, {
    step,
    bounds: true,
    leaf: (node) => ({ shape: node.shape, data: leaf(node) }),
    observe: (node, value) => {
      const data = actual(node);
      if (!data) return value;
      tensors.push(compare(written(node), data, value));
      return { shape: value.shape, data };
    },
  });
  return report(tensors);
}

export function report(tensors: readonly Comparison[]): Report {
  const share = Math.max(0, ...tensors.map((tensor) => tensor.share));
  return { ok: share <= 1, tensors, share };
}

/** Throws CheckError naming the worst tensor of a report that is not ok. */
export function demand(checked: Report, where: string): Report {
  if (checked.ok) return checked;
  const bad = checked.tensors.filter((tensor) => !(tensor.share <= 1));
  const summary = `${where}: ${bad.length} of ${checked.tensors.length} tensors differ from the CPU reference`;
  throw new CheckError([`${summary}:`, ...bad.map(line)], checked);
}

const line = ({ tensor, shape, share, worst }: Comparison): string =>
  `${tensor.padEnd(10)} ${show(shape).padEnd(12)} worst at (${worst.row}, ${worst.column}): ` +
  `${worst.actual} instead of ${worst.expected}, ${(100 * share).toFixed(1)} % of the bound ${worst.bound.toExponential(1)}`;

/**
 * Formats a report as text, with a line per tensor: its worst element, and how much of the error bound that uses.
 *
 * @throws {ArgumentError} For a value that is not a report.
 */
export function printReport(report: Report): string {
  const tensors = member(report, 'tensors');
  if (isList(tensors)) return (tensors as Report['tensors']).map(line).join('\n');
  throw new ArgumentError(`printReport: expected a report from net.check(), found ${showValue(report)}`);
}
