/** Numbers as f32 sees them: 1e39 is as good as infinity. */

/** Whether a value is a number that stays finite in f32. */
export const isFinite32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(Math.fround(value));
