/**
 * The list of all losses, with what is known of each without its code, which `load` fetches. Files of nets, the command, the
 * page and the tests read it.
 */
import * as facts from './facts.ts';
import type { LossFunction, LossOptions } from './loss.ts';
import type { LossSettings } from './settings.ts';

type Options = LossOptions & LossSettings;

interface Entry {
  readonly facts: facts.LossFacts;
  /** The function that makes it. */
  load(): Promise<(options?: Options) => LossFunction>;
}

export const losses = {
  softmaxCrossEntropy: {
    facts: facts.softmaxCrossEntropy,
    load: async () => (await import('./softmax-cross-entropy.ts')).softmaxCrossEntropy,
  },
  categoricalCrossEntropy: {
    facts: facts.categoricalCrossEntropy,
    load: async () => (await import('./categorical-cross-entropy.ts')).categoricalCrossEntropy,
  },
  sigmoidCrossEntropy: {
    facts: facts.sigmoidCrossEntropy,
    load: async () => (await import('./sigmoid-cross-entropy.ts')).sigmoidCrossEntropy,
  },
  binaryCrossEntropy: {
    facts: facts.binaryCrossEntropy,
    load: async () => (await import('./binary-cross-entropy.ts')).binaryCrossEntropy,
  },
  quadratic: { facts: facts.quadratic, load: async () => (await import('./squared.ts')).quadratic },
  squared: { facts: facts.squared, load: async () => (await import('./squared.ts')).squared },
  meanSquared: { facts: facts.meanSquared, load: async () => (await import('./squared.ts')).meanSquared },
  meanAbsolute: { facts: facts.meanAbsolute, load: async () => (await import('./mean-absolute.ts')).meanAbsolute },
  huber: { facts: facts.huber, load: async () => (await import('./huber.ts')).huber },
  hinge: { facts: facts.hinge, load: async () => (await import('./hinge.ts')).hinge },
  klDivergence: { facts: facts.klDivergence, load: async () => (await import('./kl-divergence.ts')).klDivergence },
  focal: { facts: facts.focal, load: async () => (await import('./focal.ts')).focal },
} satisfies Record<string, Entry>;

export type LossName = keyof typeof losses;

/** The loss of that name. Throws ArgumentError for options that its function does not take. */
export async function lossNamed(name: LossName, options: Options): Promise<LossFunction> {
  const make = await (losses[name] as Entry).load();
  return make(options);
}
