/** Where in an ONNX graph a layer is appended, and its tensors there. */
import { type Shape, sameShape, size, type Tensor } from '../../base/tensor.ts';
import type { Scope } from './builder.ts';

export interface Site extends Scope {
  /** The values that the layer is applied to, by name. */
  readonly inputs: readonly string[];
  /** Shapes of one sample of them. */
  readonly shapes: readonly Shape[];
  /** Shape of one sample that comes out. */
  readonly shape: Shape;
  /** Whether they hold whole numbers in 64 bits, and no floats. */
  readonly areIndices: boolean;
  /** A tensor of the layer in the file of the net; undefined where it has none of that key. */
  parameter(key: string): Tensor | undefined;
  /** What a tensor of the layer is called, such as 'layers.0.weight'. */
  nameOf(key: string): string;
}

/** A tensor of the layer in the ONNX file, with its own axes or others -> its name. */
export function stored(site: Site, key: string, axes?: Shape, { shape, data } = site.parameter(key)!): string {
  const name = site.nameOf(key);
  if (!axes || sameShape(axes, shape)) return site.tensor(name, { shape, data });
  return site.tensor(`${name}:${axes.join('x')}`, { shape: axes, data });
}

/** The same for numbers of all samples alike: one, or one for each channel, or one for each number of a sample. */
export function storedForChannels(site: Site, key: string, tensor = site.parameter(key)!): string {
  const [sample] = site.shapes;
  const count = size(tensor.shape);
  return stored(site, key, count === size(sample) ? sample : perChannel(count, sample), tensor);
}

/** [C] as the axes [C, 1, 1] that go with samples [C, H, W]. */
export const perChannel = (channels: number, sample: Shape): Shape => [channels, ...sample.slice(1).map(() => 1)];
