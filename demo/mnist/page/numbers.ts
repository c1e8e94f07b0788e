/** Numbers as the page writes them. */

/** 0.1234 -> '12.3 %', which stays on one line */
export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)}\u00a0%`;
/** 12345 -> '12,345' */
export const integer = (value: number): string => value.toLocaleString('en');
