/** A report and a profile in words. */
import type { Comparison, Report } from 'retrograd';
import type { Profile } from 'retrograd/bench';
import { percent } from '../shared/numbers.ts';

/** 'All 18 tensors are within their bounds. The worst, dW1, reaches 23.4 % of its bound.' */
export function verdict({ ok, tensors, share }: Report): string {
  const worst = tensors.reduce((a, b) => (b.share > a.share ? b : a));
  if (ok)
    return `All ${tensors.length} tensors are within their bounds. The worst, ${worst.tensor}, reaches ${percent(share)} of its bound.`;
  const bad = tensors.filter((tensor) => !(tensor.share <= 1)).map(({ tensor }) => tensor);
  return `${bad.length} of ${tensors.length} tensors differ by more than rounding can explain: ${bad.join(', ')}.`;
}

export const usage = ({ share }: Comparison): string => (Number.isFinite(share) ? percent(share) : 'beyond any bound');

/** Seven digits are what a 32-bit float has. */
export const float = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(7))) : String(value);

/** What is to be known about these times, if anything. */
export function caution({ kernels, coarse, resolution }: Profile): string | undefined {
  if (kernels.every(({ milliseconds }) => milliseconds === 0))
    return 'The timestamps of this browser are too coarse to tell the kernels apart.';
  if (coarse)
    return `This browser rounds timestamps to ${Math.round(resolution / 1000)} µs, so these times are rough averages over many runs.`;
  return undefined;
}
