/** What pooling layers share: their options, and the windows that they lay on images. A signal is an image of one line. */
import { checkFlag } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { type Shape, show } from '../../base/tensor.ts';
import { append, type Graph, type Node } from '../../graph/graph.ts';
import { averagePool } from '../../ops/average-pool.ts';
import { maxPool } from '../../ops/max-pool.ts';
import { passesOf } from '../../ops/shared/pooling.ts';
import { type Window, windowAttributes, windowsOn } from '../../ops/shared/window.ts';
import { checkZeros, type Pair, pairOf } from './image.ts';
import { type Padding, zerosAround } from './padding.ts';

/** What is taken of a window: its maximum or its mean. */
export type Pool = 'max' | 'average';

/** Windows, and what is taken of each; pairs are [down, across]. */
export interface Pooling {
  readonly title: string;
  readonly pool: Pool;
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: Padding<Pair>;
  readonly countPadding: boolean;
}

const ops = { max: maxPool, average: averagePool };

/** Throws ArgumentError unless the value is a padding that pools take. */
export const checkPadding = (what: string, value: unknown): void => checkZeros(what, value, "'same' or an integer ≥ 0");

/** Throws ArgumentError for a padding that reaches further than half a window, as in PyTorch: a window could miss the image. */
export function checkReach(title: string, sizes: readonly number[], padding: Pair | 'same'): void {
  if (padding === 'same') return;
  sizes.forEach((size, i) => {
    const zeros = pairOf(padding)[i];
    if (2 * zeros <= size) return;
    throw new ArgumentError(
      `${title}: padding must be at most half the size of a window, ${Math.floor(size / 2)} of ${size}, found ${zeros}`,
    );
  });
}

/** Whether padding counts, which a layer says only where it does not. */
export function checkedCount(title: string, countPadding: unknown): { readonly countPadding?: false } {
  checkFlag(`${title}: countPadding`, countPadding);
  return countPadding === false ? { countPadding } : {};
}

/** On images of H × W pixels. */
function windowOf({ size, stride: [stride, across], padding }: Pooling, image: Shape): Window {
  const [height, width] = size;
  return { height, width, stride, across, ...zerosAround(padding, image, size, [stride, across]) };
}

/** Windows down and across. Throws ShapeError where not one fits on an image of that size. */
export function windowsIn(pooling: Pooling, [H, W]: Shape, sample: Shape): readonly [number, number] {
  const windows = windowsOn([H, W], windowOf(pooling, [H, W]));
  if (windows.every((n) => n >= 1)) return windows;
  const { title, size } = pooling;
  throw new ShapeError(
    `${title}: expected images with room for a window of ${size.join('×')}, padding included, found ${show(sample)}`,
  );
}

/** Appends the pooling of images [C, H, W, N]. */
export function appendPooling(graph: Graph, pooling: Pooling, x: Node, name: string): Node {
  const { pool, countPadding } = pooling;
  const attributes = {
    ...windowAttributes(windowOf(pooling, x.shape.slice(1))),
    ...(countPadding ? {} : { uncounted: true }),
  };
  const passes = passesOf(x.shape, attributes);
  return passes.reduce(
    (image, pass, i) => append(graph, ops[pool], [image], pass, i === passes.length - 1 ? name : ''),
    x,
  );
}

/** Throws ArgumentError unless a layer is of this kind of pooling. */
export function checkPool(layer: string, pool: unknown): void {
  if (pool === 'max' || pool === 'average') return;
  throw new ArgumentError(`${layer}: expected a pool of 'max' or 'average', found ${showValue(pool)}`);
}
