/**
 * Makes the training step of a net anew, for what it is to do from now on. The new one takes over the tensors that both have:
 * parameters, the state of what stays trained, and the sums of an epoch.
 */
import type { Program } from '../engine/engine.ts';
import type { StateFrom } from '../nn/updates.ts';
import { averageOf, writeParameter } from './averages.ts';
import type { Compiled } from './compiled.ts';
import type { Task } from './graphs.ts';
import type { Session } from './session.ts';
import { leavesOf, makeStep, stepGraph, type TrainingStep } from './training-program.ts';

/** What may change of a net that is compiled. */
export interface Changes extends Pick<Task, 'frozen' | 'weighted'> {
  readonly stateFrom?: StateFrom;
}

/** The training step of a net with these changes, on the tensors of the one that it has. */
export async function stepFor(session: Session, changes: Changes, where: string): Promise<TrainingStep> {
  const { engine, program } = session;
  const wanted = { ...session, ...changed(session, changes) };
  const built = stepGraph(where, wanted.task, wanted);
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
export async function replaceStep(net: Compiled, changes: Changes, step: TrainingStep): Promise<void> {
  await net.drop();
  const { program: old } = net.session;
  await net.feeds.replaced(old, step.program);
  old.destroy(step.program);
  Object.assign(net.session, step, changed(net.session, changes));
}

/** The task and the state of a net with these changes. */
const changed = ({ task, stateFrom: before }: Session, { stateFrom = before, ...changes }: Changes) => ({
  task: { ...task, ...changes },
  stateFrom,
});
