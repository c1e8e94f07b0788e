/** Changes which parameters of a net are trained. The training step is made anew, for what is trained now. */
import type { StateFrom } from '../nn/updates.ts';
import type { Compiled } from './compiled.ts';
import { replaceStep, stepFor } from './replace-step.ts';
import { NOTHING, type Session } from './session.ts';

/** What is frozen, if nothing else is said. */
export const NONE: ReadonlySet<string> = new Set();

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
