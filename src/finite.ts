/** Numbers as f32 sees them: 1e39 is as good as infinity. */

/** Whether a value is a number that stays finite in f32. */
export const isFinite32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(Math.fround(value));

/** A value for an error message: NaN as NaN, a string in quotes. */
export const shown = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : typeof value === 'object' && value
      ? JSON.stringify(value)
      : String(value);
