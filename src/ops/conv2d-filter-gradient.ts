/**
 * (δ, a) -> ∂C/∂W[o, (c, i, j)] = Σ over y, x, n of δ[o, y, x, n] a[c, y·s + i − top, x·s + j − left, n], in parts: few
 * results with long sums. A part takes some rows y, or some places of a single row, and every so many-th sample: [stretches ·
 * sample parts, O, C/groups·KH·KW], which partialSum adds up in a fixed order.
 */
import convolveFiltersWgsl from '../../shaders/convolve_filters.wgsl';
import { size, stride } from '../base/tensor.ts';
import type { Node } from '../graph/graph.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { eachProduct, groupsOf, summing } from './shared/convolution.ts';
import { mismatch } from './shared/shapes.ts';
import { alongRows, axesLike, checkedGeometry, type Geometry, geometryOf, isPadded } from './shared/window.ts';

/** Sums that are worth a register each: filters × taps of one invocation. */
const REGISTERS = 100;
/** Not those of a row sum: beside one it would share its barrier, which costs software adapters twice the time. */
const LANES = 32;
/** Invocations that keep a processor busy without making many parts to add up. */
const INVOCATIONS = 1024;

/** The block of an invocation: filters of a group × lines of taps × taps of a line. */
function blockOf(filters: number, { KH, KW }: Geometry) {
  const width = Math.min(KW, 16);
  const height = Math.min(KH, Math.ceil(32 / width));
  const most = Math.max(1, Math.floor(REGISTERS / (width * height)));
  return { width, height, filters: Math.ceil(filters / Math.ceil(filters / most)) };
}

/** Blocks of the result, for so many filters in each group. */
function blocksOf(filters: number, geometry: Geometry): number {
  const { C, KH, KW } = geometry;
  const block = blockOf(filters, geometry);
  return C * Math.ceil(KH / block.height) * Math.ceil(KW / block.width) * Math.ceil(filters / block.filters);
}

/** Floats that the parts of a small result may take together: 4 MiB. */
const SCRATCH = 2 ** 20;

/** What is divided: the rows of an image, or the places of the only one. */
const lengthToDivide = ({ OH, OW }: Geometry): number => (OH > 1 ? OH : OW);

/**
 * Into how many parts the rows, or the places of the only one, and the samples are divided. Together they take no more memory
 * than the result, or than SCRATCH where that is more: a large result has blocks enough to keep a processor busy without them.
 */
export function splitOf(filters: number, groups: number, onImage: Geometry) {
  const geometry = alongRows(onImage);
  const { C, N, KH, KW } = geometry;
  const most = Math.max(1, Math.floor(SCRATCH / (filters * stride([(C / groups) * KH * KW]))));
  const sampleParts = Math.min(16, N, 2 ** Math.floor(Math.log2(most)));
  const wanted = Math.ceil(INVOCATIONS / (blocksOf(filters / groups, geometry) * sampleParts));
  const stretches = Math.min(wanted, Math.floor(most / sampleParts));
  const length = lengthToDivide(geometry);
  return { stretches: Math.ceil(length / Math.ceil(length / stretches)), sampleParts };
}

interface Layout {
  /** Along rows: a part has rows of this image, or places of its row. */
  readonly geometry: Geometry;
  readonly filters: number;
  readonly groups: number;
  readonly stretches: number;
  readonly sampleParts: number;
  /** Rows, and places of a row, in a part. */
  readonly lines: number;
  readonly places: number;
}

function layout({ inputs: [delta, image], attributes }: Node): Layout {
  const { stretches, sampleParts } = attributes as Record<string, number>;
  const geometry = alongRows(geometryOf(image.shape, attributes));
  const { OH, OW } = geometry;
  const each = Math.ceil(lengthToDivide(geometry) / stretches);
  const [lines, places] = OH > 1 ? [each, OW] : [1, each];
  return { geometry, filters: delta.shape[0], groups: groupsOf(attributes), stretches, sampleParts, lines, places };
}

/** Products in one sum. */
const lengthOf = ({ geometry: { N }, lines, places, sampleParts }: Layout): number =>
  lines * places * Math.ceil(N / sampleParts);

export const conv2dFilterGradient: KernelOp = {
  kind: 'kernel',
  name: 'conv2dFilterGradient',

  shape(inputs, attributes) {
    const [delta, image] = inputs;
    const { C, N, OH, OW, KH, KW } = checkedGeometry('conv2dFilterGradient', image, inputs, attributes);
    const [O] = delta.shape;
    const groups = groupsOf(attributes);
    const expected = axesLike(image.shape, O, [OH, OW, N]);
    if (String(delta.shape) !== String(expected) || O % groups > 0 || C % groups > 0) {
      mismatch('conv2dFilterGradient', `δ of shape [O, ${expected.slice(1)}], and groups of equal size`, inputs);
    }
    const { stretches, sampleParts } = attributes as Record<string, number>;
    return [stretches * sampleParts, O, (C / groups) * KH * KW];
  },

  ...summing(
    (node) =>
      ([{ data: delta }, { data: a }], term) => {
        const { geometry, filters, groups, sampleParts, lines, places } = layout(node);
        const { N, OH, OW } = geometry;
        const out = new Float64Array(size(node.shape));
        const weights = size(node.shape.slice(1));
        eachProduct(filters, groups, geometry, (weight, pixel, result) => {
          const [y, x] = [Math.floor(result / OW) % OH, result % OW];
          const first = (Math.floor(y / lines) + Math.floor(x / places)) * sampleParts;
          for (let n = 0; n < N; n++) {
            out[(first + (n % sampleParts)) * weights + weight] += term(delta[result * N + n], a[pixel * N + n]);
          }
        });
        return out;
      },
    (node) => lengthOf(layout(node)),
  ),

  body(node, { lanes = LANES } = {}) {
    const [delta, image] = node.inputs;
    const { geometry, filters, groups, stretches, sampleParts, lines, places } = layout(node);
    const { C, H, W, N, OH, OW, KH, KW, top, left } = geometry;
    const block = blockOf(filters / groups, geometry);
    const invocations = blocksOf(filters / groups, geometry) * stretches * sampleParts;
    return {
      title: 'conv2d ∂filters',
      shaders: [convolveFiltersWgsl],
      constants: {
        CHANNELS: C / groups,
        H,
        W,
        N,
        GROUPS: groups,
        FILTERS: filters / groups,
        OH,
        OW,
        KH,
        KW,
        STEP_DOWN: geometry.stride,
        STEP_ACROSS: geometry.across,
        TOP: top,
        LEFT: left,
        PADDED: isPadded(geometry),
        BLOCK_FILTERS: block.filters,
        BLOCK_HEIGHT: block.height,
        BLOCK_WIDTH: block.width,
        HALO: block.width - 1,
        STRETCHES: stretches,
        LINES: lines,
        PLACES: places,
        SAMPLE_PARTS: sampleParts,
        INVOCATIONS: invocations,
        D_STRIDE: stride(delta.shape),
        B_STRIDE: stride(image.shape),
      },
      operands: { D: delta, B: image },
      epilogues: { finish: node.shape },
      work: filters * OH * OW * N,
      lanes,
      workgroups: [Math.ceil(invocations / lanes), 1, 1],
    };
  },
};

export const conv2dFilterGradientCases = (): readonly Case[] => [
  // Taps that one invocation does not hold, and parts of unequal size.
  {
    shapes: [
      [9, 4, 4, 21],
      [2, 20, 20, 21],
    ],
    attributes: { height: 18, width: 18, stretches: 1, sampleParts: 16, bottom: 1, right: 1 },
  },
];
