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

/** Two curves over one ascending x, null where a curve has no point. */
export function align(a: readonly Point[], b: readonly Point[]): [number[], (number | null)[], (number | null)[]] {
  const rows: [number[], (number | null)[], (number | null)[]] = [[], [], []];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const x = Math.min(a[i]?.[0] ?? Number.POSITIVE_INFINITY, b[j]?.[0] ?? Number.POSITIVE_INFINITY);
    rows[0].push(x);
    rows[1].push(a[i]?.[0] === x ? a[i++][1] : null);
    rows[2].push(b[j]?.[0] === x ? b[j++][1] : null);
  }
  return rows;
}
