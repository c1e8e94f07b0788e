/**
 * Changes which parameters of a net are trained. The training step is made anew, for what is trained now; it takes over the
 * tensors that both have: parameters, the state of what stays trained, and the sums of an epoch.
 */
import type { Program } from '../engine/engine.ts';
import type { StateFrom } from '../nn/updates.ts';
import { averageOf, writeParameter } from './averages.ts';
import type { Compiled } from './compiled.ts';
import { NOTHING, type Session } from './session.ts';
import { leavesOf, makeStep, stepGraph, type TrainingStep } from './training-program.ts';

/** What is frozen, if nothing else is said. */
export const NONE: ReadonlySet<string> = new Set();

/** What a training step is made for beside the task. */
export interface Frozen {
  /** Keys. */
  readonly frozen: ReadonlySet<string>;
  readonly stateFrom: StateFrom;
}

/** The training step of a net in which these keys are frozen, on the tensors of the one that it has. */
export async function stepFor(session: Session, { frozen, stateFrom }: Frozen, where: string): Promise<TrainingStep> {
  const { engine, program, task } = session;
  const built = stepGraph(where, { ...task, frozen }, { ...session, stateFrom });
  const names = leavesOf(built.graph).filter((name) => program.tensors.has(name));
  const step = await makeStep(engine, built, session, { shared: [{ program, names }] });
  await beginAverages(step, program);
  return step;
}

/** An average that the program did not keep begins with the parameter, which has not changed since. */
async function beginAverages({ program, parameters }: TrainingStep, before: Program): Promise<void> {
  const isNew = (name: string): boolean => Boolean(averageOf(program, name)) && !averageOf(before, name);
  const names = parameters.map(({ node }) => node.name).filter(isNew);
  for (const [name, data] of await before.readAll(names)) writeParameter(program, name, data);
}

/** Puts a step that `stepFor` made in the place of the one that the net has, whose other tensors are freed. */
export async function replaceStep(net: Compiled, { frozen, stateFrom }: Frozen, step: TrainingStep): Promise<void> {
  await net.drop();
  const { program: old, task } = net.session;
  old.destroy(step.program);
  net.feeds.replaced(old, step.program);
  Object.assign(net.session, step, { task: { ...task, frozen }, stateFrom });
}

/** Freezes these keys and no others. Gradients that wait for an update are let go of: those of what is thawed are missing. */
export async function freeze(net: Compiled, frozen: ReadonlySet<string>): Promise<void> {
  const { session } = net;
  if (isSame(frozen, session.task.frozen ?? NONE)) return;
  const wanted = { frozen, stateFrom: stateFromNow(session, frozen) };
  await replaceStep(net, wanted, await stepFor(session, wanted, 'freeze'));
  session.pending = NOTHING;
  session.stepsBefore = session.steps;
  // Evaluations used the averages of what is frozen now: they say nothing of the epochs to come.
  if (session.update.average !== undefined) session.best = undefined;
}

/** Where states began, once these keys are frozen and others are trained again. */
function stateFromNow({ task, stateFrom, updates }: Session, frozen: ReadonlySet<string>): StateFrom {
  const thawed = [...(task.frozen ?? NONE)].map((key) => [key, updates] as const);
  const all = [...Object.entries(stateFrom), ...thawed].filter(([key, from]) => !frozen.has(key) && from > 0);
  return Object.fromEntries(all);
}

export const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((key) => b.has(key));
