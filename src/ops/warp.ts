/**
 * A batch of images out of a data set that lives on the device, as `gather` makes one, each moved and bent: pixel p of column j is
 * the image at A p + b + d(p), interpolated bilinearly between four pixels, 0 outside. A and b are the map of column j
 * (`affine`), d its field of displacements (`elastic`).
 */
import loadDisplacementWgsl from '../../shaders/load/displacement.wgsl';
import loadNoDisplacementWgsl from '../../shaders/load/no_displacement.wgsl';
import warpWgsl from '../../shaders/warp.wgsl';
import { literal, TINY, U } from '../base/float32.ts';
import { memo } from '../base/memo.ts';
import { columns, rows, size, stride } from '../base/tensor.ts';
import type { Attributes, Node } from '../graph/graph.ts';
import type { KernelOp, Value } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { formats, placeAt } from './gather.ts';
import { type Bounded, exact, plus, times } from './shared/bounded.ts';
import { byColumn } from './shared/columns.ts';
import { reachOf, weighed } from './shared/spline.ts';

const numbers = ({ channels, height, width, scale, pitch }: Attributes) => ({
  channels: Number(channels),
  height: Number(height),
  width: Number(width),
  scale: Math.fround(Number(scale)),
  pitch: Number(pitch),
});

/** Multiply-adds of a pixel, about: its place, the weights, the interpolation. */
const WORK = 32;

/**
 * (data, map [6, batch], points [2, rows, columns, batch] or none, step) -> [channels · height · width, batch]. Attributes:
 * these sizes; `format` as of the data leaf; `scale` of its values; `pitch`: control points per pixel.
 */
export const warp: KernelOp = {
  kind: 'kernel',
  name: 'warp',
  shape: ([, map], attributes) => {
    const { channels, height, width } = numbers(attributes);
    return [channels * height * width, columns(map.shape)];
  },
  reference: (inputs, node, step) => byColumn(node.shape, (j) => warped(inputs, node, step, j).map((x) => x.value)),
  error: (inputs, _data, node, step) => byColumn(node.shape, (j) => warped(inputs, node, step, j).map((x) => x.error)),
  body: (node, { lanes = 64 } = {}) => {
    const { channels, height, width, scale, pitch } = numbers(node.attributes);
    const [source, map, ...others] = node.inputs;
    const points = others.length > 1 ? others[0] : undefined;
    const grid = points && { PITCH: literal(pitch), POINT_ROWS: points.shape[1], POINT_COLUMNS: points.shape[2] };
    return {
      shaders: [
        warpWgsl,
        formats[node.attributes.format as keyof typeof formats],
        points ? loadDisplacementWgsl : loadNoDisplacementWgsl,
      ],
      constants: {
        ROWS: rows(node.shape),
        COLUMNS: columns(node.shape),
        STRIDE: stride(node.shape),
        CHANNELS: channels,
        HEIGHT: height,
        WIDTH: width,
        SCALE: literal(scale),
        ...grid,
      },
      operands: { DATA: source, MAP: map, ...(points && { POINTS: points }) },
      epilogues: { finish: node.shape },
      work: WORK * rows(node.shape),
      lanes,
      workgroups: [Math.ceil(columns(node.shape) / lanes), height, 1],
    };
  },
};

type Place = readonly [x: Bounded, y: Bounded];

/** Column j, channel by channel, row by row. */
function warped([data, map, points]: readonly Value[], node: Node, step: StepRow, j: number): Bounded[] {
  const { channels, height, width, scale, pitch } = numbers(node.attributes);
  if (j >= step.columns) return new Array(size(node.shape) / columns(node.shape)).fill(exact(0));
  const places = placesOf(valuesIn(map, j), points ? displacements(points, pitch, j) : undefined, [height, width]);
  const first = placeAt(j, step) * channels * height * width;
  return Array.from({ length: channels }, (_, channel) => {
    const pixel = (x: number, y: number): number =>
      x < 0 || y < 0 || x >= width || y >= height ? 0 : data.data[first + (channel * height + y) * width + x];
    return places.map((place) => {
      const { value, error } = interpolated(pixel, place);
      return { value: scale * value, error: Math.abs(scale) * error + U * Math.abs(scale * value) + TINY };
    });
  }).flat();
}

/** The elements of column j of a tensor. */
const valuesIn = ({ shape, data, error }: Value, j: number) => {
  const n = columns(shape);
  return (i: number): Bounded => ({ value: data[i * n + j], error: error?.[i * n + j] ?? 0 });
};

type Field = (x: number, y: number) => Place;

/** d of column j. */
function displacements(points: Value, pitch: number, j: number): Field {
  const [, height, width] = points.shape;
  const point = valuesIn(points, j);
  const along = (axis: number, row: (y: number) => ReturnType<typeof reachOf>) => {
    const columnsOf = memo((y: number) =>
      Array.from({ length: width }, (_, k) => weighed(row(y), (i) => point((axis * height + i) * width + k))),
    );
    return (x: number, y: number): Bounded => weighed(row(x), (k) => columnsOf(y)[k]);
  };
  const reach = memo((x: number) => reachOf(x, pitch));
  const [dx, dy] = [along(0, reach), along(1, reach)];
  return (x, y) => [dx(x, y), dy(x, y)];
}

/** A p + b + d(p) of every pixel, row by row. */
function placesOf(map: (i: number) => Bounded, field: Field | undefined, [height, width]: readonly number[]): Place[] {
  const coordinate = (k: number, x: number, y: number): Bounded =>
    plus(plus(times(map(2 * k), exact(x)), times(map(2 * k + 1), exact(y))), map(4 + k));
  return Array.from({ length: height * width }, (_, i): Place => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [u, v] = [coordinate(0, x, y), coordinate(1, x, y)];
    if (!field) return [u, v];
    const [dx, dy] = field(x, y);
    return [plus(u, dx), plus(v, dy)];
  });
}

/**
 * The image at a place. Between pixels it is bilinear, so an error of the place moves the value by at most the steepest
 * slope there, along each axis, times that; the interpolation itself rounds 16 times at most.
 */
function interpolated(pixel: (x: number, y: number) => number, [u, v]: Place): Bounded {
  const [x, y] = [Math.floor(u.value), Math.floor(v.value)];
  const between = (a: number, b: number, share: number): number => a + share * (b - a);
  const row = (at: number): number => between(pixel(x, at), pixel(x + 1, at), u.value - x);
  const value = between(row(y), row(y + 1), v.value - y);
  let [slopeX, slopeY, largest] = [0, 0, 0];
  const last = (z: Bounded): number => Math.floor(z.value + z.error) + 1;
  for (let i = Math.floor(v.value - v.error); i <= last(v); i++) {
    for (let k = Math.floor(u.value - u.error); k <= last(u); k++) {
      largest = Math.max(largest, Math.abs(pixel(k, i)));
      if (k < last(u)) slopeX = Math.max(slopeX, Math.abs(pixel(k + 1, i) - pixel(k, i)));
      if (i < last(v)) slopeY = Math.max(slopeY, Math.abs(pixel(k, i + 1) - pixel(k, i)));
    }
  }
  return { value, error: slopeX * u.error + slopeY * v.error + 16 * U * largest };
}
