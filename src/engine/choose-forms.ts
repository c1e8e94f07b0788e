/**
 * Chooses the form of each step: the remembered one, else the first of its menu. Forms that fail the self-test are skipped.
 */
import { ShaderError } from '../base/errors.ts';
import type { FuseOptions } from '../compiler/fuse.ts';
import { type Dispatch, type Schedule, schedule as scheduleOf } from '../compiler/schedule.ts';
import type { Graph, Node } from '../graph/graph.ts';
import type { Form } from '../graph/op.ts';
import { unlessAborted, type Watched } from './compile-progress.ts';
import type { Device, DeviceInfo } from './device.ts';
import { allPass } from './self-test.ts';

export type FormOf = NonNullable<FuseOptions['formOf']>;

/** The name of the form that is known to be fastest for a step. */
export type Recall = (step: Dispatch) => string | undefined;

export interface Plan {
  readonly schedule: Schedule;
  /** One per step. */
  readonly pipelines: readonly GPUComputePipeline[];
  /** The same steps and bindings with other forms. */
  variant(formOf: FormOf): Schedule;
}

/** What a node may run as here; empty where it has no choice. Throws ShaderError where nothing on its menu works. */
export function menuOf({ info, faults }: Device, node: Node): readonly Form[] {
  const menu = (node.op.kind === 'kernel' && node.op.forms?.(node, info)) || [];
  const working = menu.filter(({ shader }) => !faults.has(shader));
  if (menu.length === 0 || working.length > 0) return working;
  throw noneWorks(info, node.op.name);
}

const noneWorks = ({ name, unavailable }: DeviceInfo, what: string): ShaderError =>
  new ShaderError(`no kernel of ${what} works on ${name}: ${unavailable.join('; ')}`);

/**
 * The schedule of a graph and its pipelines. Kernels are tested while the pipelines are in the making, and everything is
 * made again without those that fail. Forms that `options` names are taken as they are. Rejects with the signal's reason.
 */
export async function plan(
  device: Device,
  graph: Graph,
  options: FuseOptions,
  recall?: Recall,
  watched: Watched = {},
): Promise<Plan> {
  const { signal } = watched;
  const usable = ({ shader }: Form): boolean => !device.faults.has(shader);
  const variant = (formOf: FormOf) => scheduleOf(graph, { ...options, target: device.info, usable, formOf });
  for (;;) {
    const faults = device.faults.size;
    const schedule = options.formOf ? variant(options.formOf) : withMenus(device, variant, recall);
    const pipelines = pipelinesOf(device, schedule, watched);
    // Awaited only if all pass: a kernel that fails may not even compile.
    pipelines.catch(() => {});
    const forms = options.formOf ? [] : schedule.dispatches.flatMap((step) => step.forms);
    if (
      await unlessAborted(
        allPass(
          device,
          forms,
          graph.nodes.map(({ op }) => op),
        ),
        signal,
      )
    )
      return { schedule, pipelines: await unlessAborted(pipelines, signal), variant };
    if (device.faults.size === faults) throw noneWorks(device.info, 'the net');
  }
}

/** One per shader that differs, all at once, since a device compiles several at a time. */
function pipelinesOf(device: Device, { dispatches: steps }: Schedule, { signal, onProgress }: Watched) {
  let done = 0;
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const make = async ({ shader, label }: Dispatch): Promise<GPUComputePipeline> => {
    const pipeline = await device.pipeline(shader, label);
    done++;
    if (!signal?.aborted) onProgress?.({ phase: 'pipelines', done, total: pipelines.size });
    return pipeline;
  };
  for (const step of steps) if (!pipelines.has(step.shader.code)) pipelines.set(step.shader.code, make(step));
  return Promise.all(steps.map(({ shader }) => pipelines.get(shader.code)!));
}

function withMenus(device: Device, variant: Plan['variant'], recall?: Recall): Schedule {
  const first = variant((node) => menuOf(device, node)[0]);
  const remembered = new Map(first.dispatches.map((step) => [step.nodes[0], step.form && recall?.(step)]));
  if (first.dispatches.every(({ form, nodes }) => (remembered.get(nodes[0]) ?? form?.name) === form?.name))
    return first;
  return variant((node) => {
    const menu = menuOf(device, node);
    return menu.find(({ name }) => name === remembered.get(node)) ?? menu[0];
  });
}
