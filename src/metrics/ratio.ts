/** a / b, and 0 for 0 / 0: scikit-learn's `zero_division=0`. */
export const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
