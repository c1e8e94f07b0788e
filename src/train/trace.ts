/** Looks into a step that made NaN or infinity, on the net as it was before it. */
import { NonFiniteError } from '../base/errors.ts';
import { readState, readTensors } from '../engine/named-tensors.ts';
import { batch } from '../graph/leaf.ts';
import type { StepRow } from '../graph/step-row.ts';
import { culpritOf } from './culprit.ts';
import type { Feed } from './feed.ts';
import { failure } from './finite.ts';
import { giveBack, type Session } from './session.ts';

/** The error of the step that has this row, which has been counted: where it went wrong, as far as the reference sees it. */
export async function traced(session: Session, row: StepRow, feed: Feed): Promise<NonFiniteError> {
  const { engine, program, steps } = session;
  const before = await readState(program);
  engine.run([{ programs: [feed.program], rows: [row] }]);
  const given = await readTensors(program, ({ op }) => op === batch);
  const culprit = culpritOf(program.graph, row, ({ name }) => before.get(name) ?? given.get(name)!);
  if (culprit) {
    const { says, ...where } = culprit;
    giveBack(session, [row]); // the net is as it was before the step
    return new NonFiniteError(`Step ${steps}: ${says}. ${where.advice}`, { step: steps, ...where });
  }
  // Sums of f32 may be too large where those of the reference are not.
  engine.run([{ programs: [program], rows: [row] }]);
  return failure(session, steps, '');
}
