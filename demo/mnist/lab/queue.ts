export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs work one after another, in the order of the calls; one that fails holds up none. */
export function createQueue(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}
