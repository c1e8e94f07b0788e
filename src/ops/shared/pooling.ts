/** What the pooling ops share: their windows on the CPU, the constants of their kernels, and cases to test. */
import type { Shape } from '../../base/tensor.ts';
import type { Attributes, Node } from '../../graph/graph.ts';
import type { Case } from '../../graph/op.ts';
import { type Geometry, geometryOf, isPadded } from './window.ts';

/**
 * Calls visit with every element of [C, OH, OW, N], the elements of the image [C, H, W, N] in its window, and their numbers in the
 * window, ky · KW + kx; what lies beside the image is left out.
 */
export function eachWindow(
  { attributes }: Node,
  image: Shape,
  visit: (element: number, places: readonly number[], numbers: readonly number[]) => void,
): void {
  const { C, H, W, N, OH, OW, KH, KW, stride, across, top, left } = geometryOf(image, attributes);
  let element = 0;
  for (let c = 0; c < C; c++)
    for (let y = 0; y < OH; y++)
      for (let x = 0; x < OW; x++)
        for (let n = 0; n < N; n++, element++) {
          const [places, numbers]: number[][] = [[], []];
          for (let k = 0; k < KH * KW; k++) {
            const [h, w] = [y * stride + Math.floor(k / KW) - top, x * across + (k % KW) - left];
            if (h < 0 || h >= H || w < 0 || w >= W) continue;
            places.push(((c * H + h) * W + w) * N + n);
            numbers.push(k);
          }
          visit(element, places, numbers);
        }
}

/**
 * The windows of one pooling, or of two that do the same with less work where windows overlap much: along the rows, then
 * down the columns. Reading order stays what decides among equals.
 */
export function passesOf(image: Shape, attributes: Attributes): readonly Attributes[] {
  const { H, OH, OW, KH, KW, stride, across } = geometryOf([...image], attributes);
  const { height, width, stride: _stride, across: _across, top, left, bottom, right, ...rest } = attributes;
  const [inOne, inTwo] = [OH * OW * KH * KW, H * OW * KW + OH * OW * KH];
  if (inOne < WORTH_TWO * inTwo) return [attributes];
  return [
    { height: 1, width: KW, stride: 1, across, ...given({ left, right }), ...rest },
    { height: KH, width: 1, stride, across: 1, ...given({ top, bottom }), ...rest },
  ];
}

const given = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

/** How many times less work has to be worth the memory between the two. */
const WORTH_TWO = 4;

/** Pixels along a side of the tiles that the gradient is made in: whole strides, where they are short. */
export const tileOf = ({ stride }: Geometry): number => (stride > 4 ? 4 : stride * Math.floor(4 / stride));

/** Tiles that the images of a batch fall into. */
export const tiles = ({ C, H, W }: Geometry, tile: number): number => C * Math.ceil(H / tile) * Math.ceil(W / tile);

/** That an invocation makes of one place: the index arithmetic costs as much as they do. */
const SAMPLES = 4;

/** Invocations for so many places in N samples. */
export const invocations = (places: number, N: number): number => places * Math.ceil(N / SAMPLES);

export function poolConstants(geometry: Geometry) {
  const { C, H, W, N, OH, OW, KH, KW, stride, across, top, left } = geometry;
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
    STEP_DOWN: stride,
    STEP_ACROSS: across,
    TOP: top,
    LEFT: left,
    PADDED: isPadded(geometry),
  };
}

/** Windows that touch, that do not, that overlap little and much, that leave a rest, and that are large. */
export const poolCases: Case[] = [
  { shapes: [[1, 2, 2, 1]], attributes: { height: 2, width: 2, stride: 2 } },
  { shapes: [[6, 8, 8, 7]], attributes: { height: 2, width: 2, stride: 2 } },
  { shapes: [[3, 7, 9, 5]], attributes: { height: 2, width: 3, stride: 3 } },
  { shapes: [[2, 9, 7, 33]], attributes: { height: 3, width: 3, stride: 2 } },
  { shapes: [[2, 6, 5, 6]], attributes: { height: 4, width: 3 } },
  { shapes: [[5, 4, 4, 9]], attributes: { height: 4, width: 4, stride: 4 } },
  { shapes: [[2, 17, 18, 5]], attributes: { height: 7, width: 6, stride: 5 } },
  { shapes: [[1, 20, 19, 3]], attributes: { height: 13, width: 16 } },
  { shapes: [[1, 13, 31, 2]], attributes: { height: 6, width: 3, stride: 7 } },
  { shapes: [[2, 64, 64, 3]], attributes: { height: 64, width: 64, stride: 64 } },
  { shapes: [[2, 9, 14, 5]], attributes: { height: 1, width: 4, stride: 1, across: 3 } },
  { shapes: [[2, 14, 9, 5]], attributes: { height: 5, width: 1, stride: 2, across: 1 } },
  { shapes: [[2, 5, 7, 5]], attributes: { height: 3, width: 3, stride: 2, top: 1, left: 1, bottom: 1, right: 1 } },
  {
    shapes: [[3, 6, 4, 6]],
    attributes: { height: 4, width: 5, stride: 1, across: 3, top: 2, left: 2, bottom: 1, right: 2 },
  },
];
