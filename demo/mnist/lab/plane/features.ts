/** What a net may be given of a point: its coordinates, and functions of them. */
const { sin } = Math;

export const features = {
  x1: (x1: number, _: number) => x1,
  x2: (_: number, x2: number) => x2,
  x1x1: (x1: number, _: number) => x1 * x1,
  x2x2: (_: number, x2: number) => x2 * x2,
  x1x2: (x1: number, x2: number) => x1 * x2,
  sinx1: (x1: number, _: number) => sin(x1),
  sinx2: (_: number, x2: number) => sin(x2),
} as const satisfies Record<string, (x1: number, x2: number) => number>;

export type FeatureName = keyof typeof features;
export const featureNames = Object.keys(features) as readonly FeatureName[];

/** As they are written: 'x₁²'. */
export const featureTitles: Readonly<Record<FeatureName, string>> = {
  x1: 'x₁',
  x2: 'x₂',
  x1x1: 'x₁²',
  x2x2: 'x₂²',
  x1x2: 'x₁x₂',
  sinx1: 'sin x₁',
  sinx2: 'sin x₂',
};

/** A row of numbers for each point. */
export const inputsOf = (
  chosen: readonly FeatureName[],
  points: readonly { readonly x1: number; readonly x2: number }[],
): number[][] => points.map(({ x1, x2 }) => chosen.map((name) => features[name](x1, x2)));
