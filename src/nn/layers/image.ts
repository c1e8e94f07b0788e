/** The shape that image layers take. */
import { checkCount, isList } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { type Shape, show } from '../../base/tensor.ts';

/** Throws ShapeError unless it is [channels, height, width]. */
export function checkedImage(layer: string, shape: Shape): readonly [number, number, number] {
  if (shape.length === 3) return shape as unknown as readonly [number, number, number];
  const hint = shape.length === 2 ? `; images without channels are ${show([1, ...shape])}` : '';
  throw new ShapeError(`${layer}: expected images [channels, height, width], found ${show(shape)}${hint}`);
}

/** The size of a window as [height, width], from one number where they are equal. Throws ArgumentError unless it is one. */
export function checkedWindow(what: string, given: unknown): readonly [number, number] {
  const size = isList(given) ? given : [given, given];
  if (size.length !== 2)
    throw new ArgumentError(`${what} must be a size or [height, width], found ${showValue(given)}`);
  const [height, width] = size as [number, number];
  checkCount(what, height);
  checkCount(what, width);
  return [height, width];
}

/** A number for both directions, or a pair `[down, across]`. */
export type Pair = number | readonly [number, number];

export const pairOf = (given: Pair): readonly [number, number] => (typeof given === 'number' ? [given, given] : given);

/** The same, as one number where the two are equal. Throws ArgumentError where `check` does for one of them. */
export function checkedPair(what: string, given: unknown, check: (what: string, value: unknown) => void): Pair {
  const numbers = isList(given) ? given : [given, given];
  if (numbers.length !== 2)
    throw new ArgumentError(`${what} must be a number or [down, across], found ${showValue(given)}`);
  for (const number of numbers) check(what, number);
  const [down, across] = numbers as [number, number];
  return down === across ? down : [down, across];
}

/** '2', or '2x1'. */
export const showPair = (pair: Pair): string => (typeof pair === 'number' ? `${pair}` : pair.join('x'));

/** Throws ArgumentError unless it is a number of zeros. */
export function checkZeros(what: string, value: unknown, expected = 'an integer ≥ 0'): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw new ArgumentError(`${what} must be ${expected}, found ${showValue(value)}`);
}
