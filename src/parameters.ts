/** Parameters that a caller hands over, held against those of the model. */
import { ShapeError } from './errors.ts';
import { isFinite32, shown } from './finite.ts';
import type { Parameter } from './model.ts';
import { type Shape, show, size } from './tensor.ts';

/** Throws ShapeError naming every way in which `values` are not those parameters: keys, shapes, counts, numbers. */
export function checkParameters(
  parameters: readonly Parameter[],
  values: Record<string, { readonly shape: Shape; readonly data: ArrayLike<number> }>,
): void {
  const known = new Set(parameters.map(({ key }) => key));
  const wrong = Object.keys(values)
    .filter((key) => !known.has(key))
    .map((key) => `${key}: not in this model`);
  for (const { key, shape } of parameters) {
    const value = values[key];
    if (!value) wrong.push(`${key}: missing`);
    else if (!value.shape || show(value.shape) !== show(shape))
      wrong.push(`${key}: expected ${show(shape)}, found ${show(value.shape ?? [])}`);
    else if (value.data?.length === size(shape)) wrong.push(...notFinite(key, value.data));
    else wrong.push(`${key}: expected ${size(shape)} values, found ${value.data?.length}`);
  }
  if (wrong.length > 0) throw new ShapeError(`setParameters: nothing was changed:\n  ${wrong.join('\n  ')}`);
}

function notFinite(key: string, data: ArrayLike<number>): string[] {
  const bad = Array.from(data).findIndex((value) => !isFinite32(value));
  return bad < 0 ? [] : [`${key}: value ${bad} must be a finite number, found ${shown(data[bad])}`];
}
