/** What the address of the page says of the experiments: 'show=vanishing&seed=2'. The usual seed is left out. */
import { experimentOf } from '../../lab/experiments/table.ts';

export interface Chosen {
  /** Id of an experiment. */
  readonly show: string;
  readonly seed: number;
}

export const seedLimits = { least: 0, most: 2 ** 32 - 1 } as const;
const usualSeed = 1;

/** As far as it makes sense; the usual for the rest. */
export function readChosen(text: string): Chosen {
  const given = new URLSearchParams(text);
  const seed = Number(given.get('seed')?.trim() || Number.NaN); // Number('') is 0
  const isSeed = Number.isInteger(seed) && seed >= seedLimits.least && seed <= seedLimits.most;
  return { show: experimentOf(given.get('show') ?? '').id, seed: isSeed ? seed : usualSeed };
}

/** Where a link to it leads. */
export const hashOf = ({ show, seed }: Chosen): string =>
  `#/experiments?show=${show}${seed === usualSeed ? '' : `&seed=${seed}`}`;
