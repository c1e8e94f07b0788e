/**
 * The list of all losses, with what is known of each without its code, which `load` fetches. Files of nets, the command, the
 * page and the tests read it.
 */
import { member } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
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

/** A loss as a file has it: one of those above, or one of the caller's own, with the name of its WGSL. */
export interface NamedLoss extends Options {
  readonly name: string;
}

/** What is known of a loss of a file. Throws ArgumentError for a name of none. */
export function factsOf({ name, wgsl }: NamedLoss): facts.LossFacts {
  if (wgsl !== undefined) return facts.ownLoss;
  if (Object.hasOwn(losses, name)) return losses[name as LossName].facts;
  throw new ArgumentError(`expected a loss of this version of retrograd, found ${showValue(name)}`);
}

/**
 * The loss of a file; `own` are those of the caller's own. Throws ArgumentError for options that its function does not take, and
 * for a loss that is neither here nor among those.
 */
export async function lossNamed(
  { name, ...options }: NamedLoss,
  own: readonly LossFunction[] = [],
): Promise<LossFunction> {
  const { wgsl } = options;
  if (wgsl === undefined) return (await (losses[name as LossName] as Entry).load())(options);
  const namesakes = own.filter((loss) => member(loss, 'name') === name);
  const found = namesakes.find(({ settings }) => member(settings, 'wgsl') === wgsl);
  if (found) return { ...found, mean: options.reduction !== 'sum' };
  const what =
    namesakes.length > 0
      ? 'with the same WGSL as in training, found another'
      : 'from lossFunction(), found none of that name';
  throw new ArgumentError(`expected the loss ${showValue(name)} in { losses: [...] }, ${what}`);
}
