/**
 * What a fit does about a step that makes NaN or infinity: it goes back to a snapshot from before the step. From there it finds
 * where that began and stops; or it goes on without the update of the step; or with half the learning rate.
 */
import { NonFiniteError } from '../base/errors.ts';
import type { Snapshot } from './checkpoint/snapshot.ts';
import type { FitOptions } from './fit-options.ts';
import { goBack, type Remedy, slower, telling } from './ongoing.ts';
import type { Session } from './session.ts';

/** How often the rate is halved from one snapshot on. */
const MOST = 10;

/** Goes back for what `onNonFinite` asks for: to leave a step out, to learn more slowly, or to see where it went wrong. */
export function afterNonFinite(session: Session, { onNonFinite = 'stop' }: FitOptions): Remedy {
  let from: Snapshot | undefined;
  let halved = 0;
  return (error, to, ongoing) => {
    const { odd } = ongoing;
    const step = error instanceof NonFiniteError ? error.step : undefined;
    // What was gone back for before comes from elsewhere: from another net in onEpoch, say.
    if (step === undefined || step <= to.session.steps || step === odd.suspect || odd.skipped.has(step))
      return undefined;
    return () => {
      [from, halved] = to === from ? [from, halved] : [to, 0];
      if (onNonFinite === 'skip') odd.skipped.add(step);
      else if (onNonFinite === 'rewind' && halved++ < MOST) slower(session, to, 0.5);
      else odd.suspect = step;
      return telling(ongoing, goBack(session, to));
    };
  };
}
