import { ask } from './state.ts';

/** As ask, for work on the net of now: that it makes room for another meanwhile is no problem to be shown. */
export const askCurrent = <T>(work: () => Promise<T>): Promise<T | undefined> =>
  ask(() =>
    work().catch((error: Error) => {
      if (error.name === 'StateError') return undefined;
      throw error;
    }),
  );
