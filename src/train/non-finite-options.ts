/** Calls whose results may not be finite, and where in a tensor they are not. */
import { checkFlag, keysOf } from '../base/arguments.ts';
import type { Shape } from '../base/tensor.ts';

/** Options of calls whose results may not be finite. */
export interface NonFiniteOptions {
  /** Whether NaN and infinity are returned as they are. Default: false, and they are a {@link NonFiniteError}. */
  allowNonFinite?: boolean;
}

export const checkNonFinite = (where: string, { allowNonFinite }: NonFiniteOptions): void =>
  checkFlag(`${where}: allowNonFinite`, allowNonFinite);

/** Takes `allowNonFinite` off options whose others are for somebody else to check. Throws ArgumentError unless it is a flag. */
export function splitNonFinite<Options extends NonFiniteOptions>(
  where: string,
  options: Options | undefined,
): [allowNonFinite: boolean, others: Omit<Options, 'allowNonFinite'> | undefined] {
  if (options === undefined || !keysOf(options)?.includes('allowNonFinite')) return [false, options];
  const { allowNonFinite = false, ...others } = options;
  checkNonFinite(where, { allowNonFinite });
  return [allowNonFinite, others];
}

/** The indices of an element, counted as they lie in memory. */
export function placeIn(shape: Shape, at: number): number[] {
  let rest = at;
  return shape
    .toReversed()
    .map((n) => {
      const index = rest % n;
      rest = Math.floor(rest / n);
      return index;
    })
    .reverse();
}
