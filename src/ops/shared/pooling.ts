/** What the pooling ops share: their windows on the CPU, the constants of their kernels, and cases to test. */
import { type Shape, stride } from '../../base/tensor.ts';
import type { Node } from '../../graph/graph.ts';
import type { Case } from '../../graph/op.ts';
import { type Geometry, geometryOf } from './window.ts';

/** Calls visit with every element of [C, OH, OW, N] and the elements of the image [C, H, W, N] in its window. */
export function eachWindow(
  { attributes }: Node,
  image: Shape,
  visit: (element: number, places: readonly number[]) => void,
): void {
  const { C, H, W, N, OH, OW, KH, KW, stride } = geometryOf(image, attributes);
  let element = 0;
  for (let c = 0; c < C; c++)
    for (let y = 0; y < OH; y++)
      for (let x = 0; x < OW; x++)
        for (let n = 0; n < N; n++, element++) {
          const places: number[] = [];
          for (let i = 0; i < KH; i++)
            for (let j = 0; j < KW; j++) places.push(((c * H + y * stride + i) * W + x * stride + j) * N + n);
          visit(element, places);
        }
}

/** Cells of stride × stride pixels that the images of a batch fall into: the gradient kernels make one per invocation. */
export const cells = ({ C, H, W, stride }: Geometry): number => C * Math.ceil(H / stride) * Math.ceil(W / stride);

/** That an invocation makes of one place: the index arithmetic costs as much as they do. */
const SAMPLES = 4;

/** Invocations for so many places in N samples. */
export const invocations = (places: number, N: number): number => places * Math.ceil(N / SAMPLES);

export function poolConstants({ C, H, W, N, OH, OW, KH, KW, stride: step }: Geometry, image: Node) {
  return {
    SAMPLES,
    PARTS: Math.ceil(N / SAMPLES),
    CHANNELS: C,
    H,
    W,
    COLUMNS: N,
    OH,
    OW,
    KH,
    KW,
    STEP: step,
    X_STRIDE: stride(image.shape),
  };
}

/** Windows that touch, that do not, that overlap, and that leave a rest. */
export const poolCases: Case[] = [
  { shapes: [[1, 2, 2, 1]], attributes: { height: 2, width: 2, stride: 2 } },
  { shapes: [[6, 8, 8, 7]], attributes: { height: 2, width: 2, stride: 2 } },
  { shapes: [[3, 7, 9, 5]], attributes: { height: 2, width: 3, stride: 3 } },
  { shapes: [[2, 9, 7, 33]], attributes: { height: 3, width: 3, stride: 2 } },
  { shapes: [[2, 6, 5, 6]], attributes: { height: 4, width: 3 } },
  { shapes: [[5, 4, 4, 9]], attributes: { height: 4, width: 4, stride: 4 } },
];
