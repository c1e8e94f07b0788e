/** A report and a profile in words. */
import type { Comparison, Report } from 'retrograd';
import type { Profile } from 'retrograd/bench';
import type { RecoveryProof, Speed } from '../../lab/protocol.ts';
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

/** Whether a device was lost, and the training ended as the one without the loss. */
export const isProven = ({ recoveries, digests: [whole, broken] }: RecoveryProof): boolean =>
  recoveries > 0 && whole === broken;

export function recoveryVerdict(proof: RecoveryProof): string {
  const { steps, lostAfter, recoveries } = proof;
  if (isProven(proof))
    return `The device was lost after ${lostAfter} of ${steps} steps. All bits of the weights are the same.`;
  return recoveries === 0 ? 'The device was not lost, so nothing is shown.' : 'The weights differ.';
}

/** '0.532', '12.3', '1,230': three digits that count. */
export const rate = (value: number): string =>
  value.toLocaleString('en', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
export const timeOfStep = rate;

export const megabytes = (bytes: number): string => `${rate(bytes / 1e6)} MB`;

export const ratioInWords = ({ gpu, cpu }: Speed): string =>
  gpu.milliseconds < cpu.milliseconds
    ? `A step on the GPU is ${rate(cpu.milliseconds / gpu.milliseconds)} times as fast as on the CPU reference.`
    : `A step on the CPU reference is ${rate(gpu.milliseconds / cpu.milliseconds)} times as fast as on the GPU.`;

export const limitInWords = ({ gpu, limit: { size, gflopPerSecond } }: Speed): string =>
  `In a product of two ${size} × ${size} matrices, this adapter reaches ${rate(gflopPerSecond)} · 10⁹ operations a second. ` +
  `Training reaches ${percent(gpu.gflopPerSecond / gflopPerSecond)} of it.`;
