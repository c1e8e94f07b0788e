/** Calls whose results may not be finite, and where in a tensor they are not. */
import { checkFlag } from '../base/arguments.ts';
import type { Shape } from '../base/tensor.ts';

/** Options of calls whose results may not be finite. */
export interface NonFiniteOptions {
  /** Whether NaN and infinity are returned as they are. Default: false, and they are a {@link NonFiniteError}. */
  allowNonFinite?: boolean;
}

export const checkNonFinite = (where: string, { allowNonFinite }: NonFiniteOptions): void =>
  checkFlag(`${where}: allowNonFinite`, allowNonFinite);

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
