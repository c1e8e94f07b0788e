/** Sums, means and ratios of results. */

export const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

export const mean = (values: ArrayLike<number>): number => sum(values) / values.length;

/** a / b, and 0 for 0 / 0: scikit-learn's `zero_division=0`. */
export const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
