/** The experiments, in the order in which the page lists them. An experiment is a line here and a file of its own. */
import type { Experiment } from './experiment.ts';
import { saturated } from './saturated.ts';
import { vanishing } from './vanishing.ts';

export const experiments: readonly Experiment[] = [saturated, vanishing];

/** The one of that name, or the first. */
export const experimentOf = (id: string): Experiment => experiments.find((of) => of.id === id) ?? experiments[0];
