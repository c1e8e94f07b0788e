/** The experiments, in the order in which the page lists them. An experiment is a line here and a file of its own. */
import { beginning } from './beginning.ts';
import { dying } from './dying.ts';
import type { Experiment } from './experiment.ts';
import { noise } from './noise.ts';
import { overfitting } from './overfitting.ts';
import { rates } from './rates.ts';
import { ravine } from './ravine.ts';
import { saturated } from './saturated.ts';
import { scales } from './scales.ts';
import { vanishing } from './vanishing.ts';

export const experiments: readonly Experiment[] = [
  saturated,
  vanishing,
  dying,
  beginning,
  rates,
  noise,
  overfitting,
  ravine,
  scales,
];

/** The one of that name, or the first. */
export const experimentOf = (id: string): Experiment => experiments.find((of) => of.id === id) ?? experiments[0];
