/** Zeros around the input of a convolution. */
import { checkZeros, type Pair, pairOf } from './image.ts';

/** So many on each side, or a rule; see {@link Conv2dOptions}. */
export type Padding<Size> = Size | 'same' | 'valid';

/** [before, after] along an axis of n pixels. */
export function zerosBeside(
  padding: Padding<number>,
  n: number,
  size: number,
  stride: number,
): readonly [number, number] {
  if (padding === 'valid') return [0, 0];
  if (padding !== 'same') return [padding, padding];
  const total = Math.max(0, (Math.ceil(n / stride) - 1) * stride + size - n);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

export const isRule = (padding: unknown): padding is 'same' | 'valid' => padding === 'same' || padding === 'valid';

/** Throws ArgumentError unless it is a number of zeros or a rule. */
export const checkPadding = (what: string, value: unknown): void =>
  checkZeros(what, value, "'same', 'valid' or an integer ≥ 0");

/** Zeros above and below, and left and right of an image. */
export function zerosAround(
  padding: Padding<Pair>,
  [H, W]: readonly number[],
  [height, width]: readonly [number, number],
  [stride, across]: readonly [number, number],
) {
  const [down, beside] = isRule(padding) ? [padding, padding] : pairOf(padding);
  const [top, bottom] = zerosBeside(down, H, height, stride);
  const [left, right] = zerosBeside(beside, W, width, across);
  return { top, left, bottom, right };
}
