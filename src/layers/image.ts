/** The shape that layers for images take. */
import { ShapeError } from '../errors.ts';
import { type Shape, show } from '../tensor.ts';

/** Throws ShapeError unless it is [channels, height, width]. */
export function checkedImage(layer: string, shape: Shape): readonly [number, number, number] {
  if (shape.length === 3) return shape as unknown as readonly [number, number, number];
  const hint = shape.length === 2 ? `; images without channels are ${show([1, ...shape])}` : '';
  throw new ShapeError(`${layer}: expected images [channels, height, width], found ${show(shape)}${hint}`);
}
