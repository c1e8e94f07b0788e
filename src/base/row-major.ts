/** Numbers of a tensor that lie in another order of its axes. */
import { type Shape, size } from './tensor.ts';

/**
 * Fills `out` with the numbers of a tensor of this shape, last axis fastest. In `data`, `strides[i]` numbers lie from one place of
 * axis i to the next.
 */
export function rowMajor<Out extends { readonly length: number; [i: number]: number }>(
  data: ArrayLike<number>,
  shape: Shape,
  strides: readonly number[],
  out: Out,
): Out {
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= shape[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/** Numbers of this shape with its axes in another order: axis i of the result is axis `axes[i]`. */
export function transpose(data: ArrayLike<number>, shape: Shape, axes: readonly number[]): Float32Array {
  const strides = shape.map((_, i) => size(shape.slice(i + 1)));
  return rowMajor(
    data,
    axes.map((axis) => shape[axis]),
    axes.map((axis) => strides[axis]),
    new Float32Array(data.length),
  );
}
