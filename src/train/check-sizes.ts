/** Steps that no device holds, or not this one: they are refused before anything is made, with the number to lower. */
import { OutOfMemoryError } from '../base/errors.ts';
import { byteLength, show } from '../base/tensor.ts';
import { fuse, type Limits } from '../compiler/fuse.ts';
import type { Device } from '../engine/device.ts';
import { limitsOf } from '../engine/tensor-buffers.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { capped, widest } from '../nn/model.ts';
import type { Task } from './graphs.ts';

/** What one buffer of WebGPU can hold at all, and all tensors of the CPU reference together. */
const MOST_BYTES = 2 ** 32;

export interface Step {
  readonly task: Task;
  graphOf(task: Task): Graph;
  readonly keep: (node: Node) => boolean;
  /** Runs on the CPU reference. */
  readonly cpu: boolean;
}

/** Throws OutOfMemoryError for a step, with this graph, that no device can hold. */
export function checkSizes(step: Step, graph: Graph, device: Device | 'cpu'): void {
  const why = beyondAll(step, graph);
  if (why) throw tooLarge(why, step, device === 'cpu' ? undefined : limitsOf(device.gpu));
}

/** Throws OutOfMemoryError for a step that a device with these limits cannot bind. */
export function checkBindings(step: Step, limits: Limits): void {
  const why = refusal(step, step.task, limits);
  if (why) throw tooLarge(why, step, limits);
}

const tooLarge = (why: string, step: Step, limits?: Limits): OutOfMemoryError =>
  new OutOfMemoryError(`compile: ${why}. ${remedy(step, limits)}`);

/** Why a step is too large. */
function refusal(step: Step, task: Task, limits?: Limits): string | undefined {
  const graph = step.graphOf(task);
  const why = beyondAll(step, graph);
  if (why || !limits) return why;
  try {
    fuse(graph, { keep: step.keep, ...limits });
    return undefined;
  } catch (error) {
    if (error instanceof OutOfMemoryError) return error.message;
    throw error;
  }
}

/** Why a graph is too large for any device. */
function beyondAll({ cpu }: Step, { nodes }: Graph): string | undefined {
  const bytes = nodes.map(({ shape }) => byteLength(shape));
  const largest = Math.max(...bytes);
  const all = cpu ? bytes.reduce((sum, n) => sum + n, 0) : largest;
  if (all <= MOST_BYTES) return undefined;
  const { name, op, shape } = nodes[bytes.indexOf(largest)];
  const what = `${name || `a tensor of ${op.name}`} ${show(shape)} needs ${largest} bytes`;
  return `${what}${cpu ? `, all tensors together ${all}` : ''}; the limit is ${MOST_BYTES}`;
}

/**
 * Whether a step is too large with another batch, or with narrower layers. Undefined where it is none then: a layer takes no
 * batch of one, or adds what has other shapes now.
 */
function isTooLarge(step: Step, change: () => Partial<Task>, limits?: Limits): boolean | undefined {
  try {
    return Boolean(refusal(step, { ...step.task, ...change() }, limits));
  } catch {
    return undefined;
  }
}

/** The number to lower, and what is the largest that is not refused. */
function remedy(step: Step, limits?: Limits): string {
  const { model, batch } = step.task;
  const { option, count } = widest(model);
  const largest = (change: (n: number) => Partial<Task>, end: number): number =>
    largestThat((n) => isTooLarge(step, () => change(n), limits), end);
  const widthAt = (batch: number): number => largest((n) => ({ batch, model: capped(model, n) }), count);
  const most = largest((n) => ({ batch: n }), batch);
  if (most) return `Lower batch to at most ${most}.`;
  const width = widthAt(batch);
  if (width) return `Lower ${option} to at most ${width}.`;
  const narrow = widthAt(1) || widthAt(2);
  if (!narrow) return `The input ${show(model.input)} is too large.`;
  const few = largest((n) => ({ batch: n, model: capped(model, narrow) }), batch);
  return `Lower ${option} to at most ${narrow} and batch to at most ${few}.`;
}

/** The largest integer below `end` that is not too large, if there is a step of it, else 0. All below it are not too large either. */
function largestThat(tooLarge: (n: number) => boolean | undefined, end: number): number {
  let [low, high] = [0, end];
  while (high - low > 1) {
    const middle = low === 0 ? 1 : Math.floor((low + high) / 2);
    if (tooLarge(middle)) high = middle;
    else low = middle;
  }
  return low && tooLarge(low) === false ? low : 0;
}
