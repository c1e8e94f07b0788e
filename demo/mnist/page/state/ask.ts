/** The lab in its worker, and ways to ask it for something. */
import { type Remote, wrap } from 'comlink';
import type { Lab } from '../../lab/protocol.ts';
import { fail } from './signals.ts';

const worker = new Worker(new URL('../../lab/worker.ts', import.meta.url), { type: 'module' });
export const lab: Remote<Lab> = wrap<Lab>(worker);
worker.addEventListener('error', ({ message }) => fail(new Error(message || 'the worker failed to start')));

/** Work for the lab; what goes wrong is shown, and undefined comes back. */
export async function ask<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    fail(error);
    return undefined;
  }
}

/** As ask, for work on the net of now: that it makes room for another meanwhile is no problem to be shown. */
export const askCurrent = <T>(work: () => Promise<T>): Promise<T | undefined> =>
  ask(() =>
    work().catch((error: Error) => {
      if (error.name === 'StateError') return undefined;
      throw error;
    }),
  );
