/** What losses can be given besides the reduction, and the checks of it: a loss in a file is held to the same. */
import { checkNumber, isList } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';

/** Options of the losses, as far as a loss has them. */
export interface LossSettings {
  /** ε of {@link CategoricalOptions.labelSmoothing}. */
  readonly labelSmoothing?: number;
  /** Factor of each class. */
  readonly classWeights?: readonly number[];
  /** Factor of each label where it holds. */
  readonly positiveWeights?: readonly number[];
  /** δ of {@link HuberOptions.delta}. */
  readonly delta?: number;
  /** γ of {@link FocalOptions.gamma}. */
  readonly gamma?: number;
  /** α of {@link FocalOptions.alpha}. */
  readonly alpha?: number | 'none';
  /** The name of a loss of your own in the shaders, with a digest of its WGSL. */
  readonly wgsl?: string;
}

/** Throws ArgumentError for a value that the setting `what` cannot have. */
export type Check = (what: string, value: unknown) => void;

/** A check for numbers. */
const number = (expected: string, ok: (value: number) => boolean): Check => {
  return (what, value) => checkNumber(what, value, expected, ok);
};

/** A check for a list of factors, one for each class or label. */
const factorPer = (each: string): Check => {
  return (what, value) => {
    if (!isList(value)) {
      throw new ArgumentError(`${what} must be an array with one number per ${each}, found ${showValue(value)}`);
    }
    for (const [i, factor] of value.entries()) {
      checkNumber(`${what}[${i}]`, factor, 'a finite number ≥ 0', (number) => number >= 0);
    }
  };
};

export const categoricalSettings = {
  labelSmoothing: /* @__PURE__ */ number('a number in [0, 1)', (value) => value >= 0 && value < 1),
  classWeights: /* @__PURE__ */ factorPer('class'),
};

export const labelSettings = { positiveWeights: /* @__PURE__ */ factorPer('label') };

export const huberSettings = { delta: /* @__PURE__ */ number('a finite number > 0', (value) => value > 0) };

const share = /* @__PURE__ */ number("a number from 0 to 1, or 'none'", (value) => value >= 0 && value <= 1);

export const focalSettings: Record<'gamma' | 'alpha', Check> = {
  gamma: /* @__PURE__ */ number('a finite number ≥ 0', (value) => value >= 0),
  alpha: (what, value) => {
    if (value !== 'none') share(what, value);
  },
};

/** Those of a loss of one's own. */
export const ownSettings: Record<'wgsl', Check> = {
  wgsl(what, value) {
    if (typeof value === 'string') return;
    throw new ArgumentError(`${what} must be the name of a function, found ${showValue(value)}`);
  },
};
