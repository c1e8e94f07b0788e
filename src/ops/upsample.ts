/**
 * Each pixel repeated `height` times down and `width` times across: [C, H, W, N] -> [C, height·H, width·W, N]; and its gradient,
 * the sum over each such block.
 */
import { TINY, U } from '../base/float32.ts';
import { size } from '../base/tensor.ts';
import { append, type Node } from '../graph/graph.ts';
import type { Attributes, Case, Data, KernelOp } from '../graph/op.ts';
import { sumsOfWindows, windowSums } from './average-pool.ts';
import { mismatch } from './shared/shapes.ts';

const sums = { SCALE: 1, UNCOUNTED: false };

/** The blocks as windows that touch. */
const windows = ({ height, width }: Attributes): Attributes => ({ height, width, stride: height, across: width });

/** The pixel of the small image that stands for each element of the large one. */
function* pairs([C, H, W, N]: Node['shape'], { height, width }: Attributes): Generator<readonly [number, number]> {
  const [down, across] = [Number(height), Number(width)];
  let large = 0;
  for (let c = 0; c < C; c++)
    for (let y = 0; y < H * down; y++)
      for (let x = 0; x < W * across; x++)
        for (let n = 0; n < N; n++)
          yield [((c * H + Math.floor(y / down)) * W + Math.floor(x / across)) * N + n, large++];
}

function repeated(data: Data, of: Node, { attributes, shape }: Node): Float64Array {
  const out = new Float64Array(size(shape));
  for (const [small, large] of pairs(of.shape, attributes)) out[large] = data[small];
  return out;
}

function summed(data: Data, { attributes, shape }: Node, f: (x: number) => number = (x) => x): Float64Array {
  const out = new Float64Array(size(shape));
  for (const [small, large] of pairs(shape, attributes)) out[small] += f(data[large]);
  return out;
}

export const upsample: KernelOp = {
  kind: 'kernel',
  name: 'upsample',
  shape(inputs, { height, width }) {
    const [C, H, W, N, ...more] = inputs[0].shape;
    if (N === undefined || more.length > 0) mismatch('upsample', 'images of shape [C, H, W, N]', inputs);
    return [C, Number(height) * H, Number(width) * W, N];
  },
  gradient: (graph, { attributes }, upstream) => [() => append(graph, sumPool, [upstream], attributes)],
  reference: ([x], node) => repeated(x.data, node.inputs[0], node),
  error: ([x], data, node) =>
    (x.error ? repeated(x.error, node.inputs[0], node) : new Float64Array(data.length)).map((e) => e + TINY),
  body: (node, { lanes } = {}) => ({
    ...sumsOfWindows(node, windows(node.attributes), sums, lanes),
    title: 'upsample',
  }),
};

export const upsampleCases = (): readonly Case[] => [
  { shapes: [[1, 1, 1, 1]], attributes: { height: 1, width: 1 } },
  { shapes: [[3, 4, 5, 7]], attributes: { height: 2, width: 2 } },
  { shapes: [[2, 5, 3, 33]], attributes: { height: 1, width: 3 } },
  { shapes: [[2, 1, 4, 6]], attributes: { height: 5, width: 1 } },
];

/** [C, height·H, width·W, N] -> the sum over each block: [C, H, W, N]. */
export const sumPool: KernelOp = {
  kind: 'kernel',
  name: 'sumPool',
  shape(inputs, { height, width }) {
    const [C, H, W, N] = inputs[0].shape;
    const shape = [C, H / Number(height), W / Number(width), N];
    if (!shape.every(Number.isInteger)) mismatch('sumPool', `images that blocks of ${height}×${width} divide`, inputs);
    return shape;
  },
  reference: ([x], node) => summed(x.data, node),
  error([x], _data, node) {
    const n = Number(node.attributes.height) * Number(node.attributes.width);
    const carried = x.error ? summed(x.error, node) : new Float64Array(size(node.shape));
    return summed(x.data, node, Math.abs).map((sum, i) => n * U * (sum + carried[i]) + carried[i] + 2 * n * TINY);
  },
  body: (node, { lanes } = {}) => ({ ...windowSums(node, windows(node.attributes), sums, lanes), title: 'sumPool' }),
};

export const sumPoolCases = (): readonly Case[] =>
  upsampleCases().map(({ shapes: [shape], attributes }) => {
    const [C, H, W, N] = shape!;
    return { shapes: [[C, H * Number(attributes!.height), W * Number(attributes!.width), N]], attributes };
  });
