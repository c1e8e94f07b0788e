// Which test notices a fault. A file of tests that fails without the fault too says nothing of it.

/**
 * `failure(test)` runs a file of tests on what is there, and is its failure; undefined where it passes. `tell(failure)` hears
 * of a file that fails without a fault, once.
 */
export function witnesses(failure, tell) {
  /** What files of tests came to without a fault. Those that noticed one are asked, and no others. */
  const without = new Map();
  const failsWithout = async (test) => {
    if (!without.has(test)) {
      const found = await failure(test);
      without.set(test, found !== undefined);
      if (found) tell(found);
    }
    return without.get(test);
  };
  return {
    /** The failure of the first of these files that notices the fault. `put` puts that in, `take` takes it out again. */
    async first(tests, { put, take }) {
      for (const test of tests) {
        if (without.get(test)) continue;
        put();
        const found = await failure(test).finally(take);
        if (found && !(await failsWithout(test))) return found;
      }
    },
  };
}
