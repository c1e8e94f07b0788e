/** Where numbers lie on the axes of the charts. */

/**
 * Accuracy in percent, stretched towards 100: -log10(101 - p). Wrong answers fall by factors, as losses do; the 1 more keeps
 * 100 % on the axis.
 */
export const stretch = (percent: number): number => -Math.log10(101 - percent);
export const unstretch = (height: number): number => 101 - 10 ** -height;

export const accuracyTicks = [0, 50, 80, 90, 95, 97, 98, 99, 100];

/** 1, 2, 5, 10, 20, ... from the one at or below `low` to the one at or above `high`. */
function steps125(low: number, high: number): number[] {
  const steps: number[] = [];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (let power = first; power <= last; power++) steps.push(...[1, 2, 5].map((n) => Number(`${n}e${power}`)));
  const from = steps.findLastIndex((step) => step <= low);
  const to = steps.findIndex((step) => step >= high);
  return steps.slice(from, to + 1);
}

/** Ends of a logarithmic axis at 1, 2 or 5 times a power of ten; those of an untrained net where there is no point. */
export function lossRange(low: number | null, high: number | null): [low: number, high: number] {
  if (low === null || high === null || !(low > 0 && high < Number.POSITIVE_INFINITY)) return [0.1, 5];
  const steps = steps125(low, high);
  const [from, to] = [steps[0], steps[steps.length - 1]];
  return to / from < 5 ? [from / 2, to * 2] : [from, to];
}

/** At most about so many: 1-2-5 steps, else powers of ten. */
export function lossTicks(low: number, high: number, most: number): number[] {
  const inside = (steps: number[]) => steps.filter((step) => step >= low * 0.999 && step <= high * 1.001);
  const fine = inside(steps125(low, high));
  if (fine.length <= most) return fine;
  const powers = fine.filter((step) => Number.isInteger(Math.round(1e6 * Math.log10(step)) / 1e6));
  const stride = Math.ceil(powers.length / most);
  return powers.filter((_, i) => i % stride === 0);
}
