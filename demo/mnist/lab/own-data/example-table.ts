/** A table to try: made up flowers, so that nothing has to be downloaded. */
import { normals } from '../../../../src/base/random.ts';

/** Stream of the random numbers. */
const STREAM = 301;
const EACH = 50;

/** Means of the lengths and widths of sepals and petals in centimetres, as Fisher measured them in 1936, and their deviations. */
const species = {
  setosa: { means: [5.01, 3.43, 1.46, 0.25], deviations: [0.35, 0.38, 0.17, 0.11] },
  versicolor: { means: [5.94, 2.77, 4.26, 1.33], deviations: [0.52, 0.31, 0.47, 0.2] },
  virginica: { means: [6.59, 2.97, 5.55, 2.03], deviations: [0.64, 0.32, 0.55, 0.27] },
};

/** 150 flowers of three species. Each measure is drawn by itself from a normal distribution. */
export function exampleTable(): string {
  const header = 'sepal length,sepal width,petal length,petal width,species';
  const drawn = normals(3 * EACH * 4, 1, STREAM);
  const rows = Object.entries(species).flatMap(([name, { means, deviations }], kind) =>
    Array.from({ length: EACH }, (_, flower) => {
      const first = 4 * (kind * EACH + flower);
      const cells = means.map((mean, i) => Math.max(0.1, mean + deviations[i] * drawn[first + i]).toFixed(1));
      return [...cells, name].join(',');
    }),
  );
  return [header, ...rows, ''].join('\n');
}
