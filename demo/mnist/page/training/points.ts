/** Points of the charts, in the form that uPlot takes. */

/** What the horizontal axis counts. */
export type Axis = 'steps' | 'seconds';

export interface Timed {
  readonly step: number;
  readonly seconds: number;
}

export type Point = readonly [x: number, y: number | null];

/** At most so many, spread evenly, with the first and the last. */
export function thin<T>(points: readonly T[], most: number): readonly T[] {
  if (points.length <= most) return points;
  const stride = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => points[Math.round(i * stride)]);
}

export const pointsOf = <T extends Timed>(values: readonly T[], axis: Axis, y: (of: T) => number): Point[] =>
  values.map((value) => {
    const height = y(value);
    return [axis === 'steps' ? value.step : value.seconds, Number.isFinite(height) ? height : null];
  });

/** Curves over one ascending x, null where a curve has no point. */
export function align(...curves: readonly (readonly Point[])[]): [number[], ...(number | null)[][]] {
  const x: number[] = [];
  const rows = curves.map((): (number | null)[] => []);
  const at = curves.map(() => 0);
  for (;;) {
    const next = Math.min(...curves.map((points, c) => points[at[c]]?.[0] ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return [x, ...rows];
    x.push(next);
    for (const [c, points] of curves.entries()) rows[c].push(points[at[c]]?.[0] === next ? points[at[c]++][1] : null);
  }
}
