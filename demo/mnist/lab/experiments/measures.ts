/** What findings of experiments have in common. */
import type { Course } from './experiment.ts';

/** The first number of some values in the latest look; NaN before there is one. */
export const lastValue = (course: Course, name: string): number => course.looks.at(-1)?.values[name]?.[0] ?? Number.NaN;

/** How many times smaller the first layer's number is than the last's. */
export function ratioOfEnds(course: Course, name: string): number {
  const values = course.looks.at(-1)?.values[name] ?? [];
  return values[values.length - 1] / values[0];
}

/** Two digits, or all of those before the point. */
export const figure = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)));

/** '12 times' */
export const times = (value: number): string => `${figure(value)} times`;

/** How many times smaller one number is than another: '1/340', or '2.4 times'. */
export const fraction = (value: number): string => (value > 1 ? `1/${figure(value)}` : times(1 / value));

/** The same before the other number: '1/340 of', or '2.4 times'. */
export const share = (value: number): string => (value > 1 ? `${fraction(value)} of` : fraction(value));

/** '12 points': a difference of percentages. */
export const points = (value: number): string => `${(100 * value).toFixed(0)}\u00a0points`;

/** '43 %' */
export const percent = (value: number): string => `${(100 * value).toFixed(0)}\u00a0%`;
