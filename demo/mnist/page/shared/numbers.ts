/** Numbers as the page writes them. */

/** Where there is no number. */
export const DASH = '—';
/** 0.1234 -> '12.3 %', which stays on one line; a net that diverged gets nothing right or wrong: '—' */
export const percent = (share: number, digits = 1): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(digits)}\u00a0%` : DASH;
/** 12345 -> '12,345' */
export const integer = (value: number): string => value.toLocaleString('en');
