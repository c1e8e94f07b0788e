/**
 * Values of a Keras model in one of retrograd. Keras has the channels of images last, [H, W, C] or [L, C], and here they come
 * first. So a value also says in which order its numbers are; they are moved where a layer needs the other order.
 */
import { type Shape, sameShape, size } from '../base/tensor.ts';
import { permute } from '../nn/layers/permute.ts';
import { reshape } from '../nn/layers/reshape.ts';
import { apply, type Symbolic } from '../nn/model.ts';

/** Zeros before and after the axes of an image. */
export type Zeros = readonly (readonly [number, number])[];

export interface Value {
  readonly value: Symbolic;
  /** Shape of a sample in Keras. */
  readonly shape: Shape;
  /**
   * Where the numbers are those of an image with its channels first: the shape of that image in Keras. It is `shape` itself, or
   * what was flattened to it.
   */
  readonly image?: Shape;
  /** Zeros that `shape` has around this value. */
  readonly padded?: { readonly of: Value; readonly zeros: Zeros };
}

/** A value that no other is made of: the channels of images come first. */
export const imageOf = (value: Symbolic): Value => {
  const [channels, ...places] = value.shape;
  const shape = [...places, channels];
  return { value, shape, image: shape };
};

const withShape = (value: Symbolic, shape: Shape): Symbolic =>
  sameShape(value.shape, shape) ? value : apply(reshape(shape), value);

const moved = new WeakMap<Value, Value>();

/** Both orders of a value are made once, for all layers that need them. */
function once(value: Value, make: () => Value): Value {
  const found = moved.get(value) ?? make();
  moved.set(value, found);
  moved.set(found, value);
  return found;
}

/** The value with its numbers in the order of Keras. */
export function inOrder(value: Value): Value {
  const { shape, image } = value;
  if (!image) return value;
  return once(value, () => {
    const [places, channels] = [image.slice(0, -1), image[image.length - 1]];
    const first = withShape(value.value, [channels, ...places]);
    const isSame = channels === 1 || size(places) === 1;
    const last = isSame ? first : apply(permute([...places.map((_, i) => i + 1), 0]), first);
    return { value: withShape(last, shape), shape };
  });
}

/** The value with its channels first. One of a single axis has no channels, and stays in the order of Keras. */
export function channelsFirst(value: Value): Value {
  const { shape, image } = value;
  if (image && sameShape(image, shape)) return value;
  if (shape.length < 2) return inOrder(value);
  return once(value, () => {
    const [places, channels] = [shape.slice(0, -1), shape[shape.length - 1]];
    const isSame = channels === 1 || size(places) === 1;
    const first = isSame ? value.value : apply(permute([places.length, ...places.map((_, i) => i)]), value.value);
    return { value: withShape(first, [channels, ...places]), shape, image: shape };
  });
}
