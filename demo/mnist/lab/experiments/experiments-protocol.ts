/** What the experiments ask of their worker. Knows nothing of the library. */
import type { Machine } from '../protocol.ts';
import type { Landscape, Look, Stopped } from './experiment.ts';

/** What is new of one net: a look at it, or why it trains no further. */
export type News = { readonly look: Look } | { readonly stopped: Stopped };

export interface Begun {
  readonly machine: Machine;
  /** The first look at each net. */
  readonly news: readonly News[];
  readonly landscape?: Landscape;
}

export interface ExperimentsLab {
  /** Makes the nets of an experiment. Opens a device if there is none. */
  prepare(id: string, seed: number): Promise<Begun>;
  /** Trains each net until the next look; there is no news of those that have stopped. */
  advance(): Promise<readonly (News | undefined)[]>;
}
