/** Curves of nets, in the form that uPlot takes. */
import type { Course } from '../../lab/experiments/experiment.ts';

/** The steps of all looks, and the number of each net there: null where it has none, or none that a logarithmic axis has a place for. */
export function curvesOf(
  courses: readonly Course[],
  sides: number,
  name: string,
  log: boolean,
): [number[], ...(number | null)[][]] {
  const steps = [...new Set(courses.flatMap(({ looks }) => looks.map(({ step }) => step)))].sort((a, b) => a - b);
  const curves = Array.from({ length: sides }, (_, side) => {
    const found = new Map(courses[side]?.looks.map(({ step, values }) => [step, values[name][0]]));
    return steps.map((step) => {
      const value = found.get(step) ?? Number.NaN;
      return Number.isFinite(value) && !(log && value <= 0) ? value : null;
    });
  });
  return [steps, ...curves];
}
