import type { Evaluated } from '../../lab/protocol.ts';

/** Test accuracies whose first reaching is noted, in percent. */
export const milestones = [90, 95, 97, 98] as const;

/** The first evaluation with at least this accuracy. */
export const firstReaching = (percent: number, evaluations: readonly Evaluated[]): Evaluated | undefined =>
  evaluations.find(({ accuracy }) => accuracy >= percent / 100);
