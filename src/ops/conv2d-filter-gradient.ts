/**
 * (δ, a) -> ∂C/∂W[o, (c, i, j)] = Σ over y, x, n of δ[o, y, x, n] a[c, y·s + i − top, x·s + j − left, n], in parts: few
 * results with long sums. A part takes some rows y and every so many-th sample: [row parts · sample parts, O, C·KH·KW], which
 * partialSum adds up in a fixed order.
 */
import convolveFiltersWgsl from '../../shaders/convolve_filters.wgsl';
import { size, stride } from '../base/tensor.ts';
import type { Node } from '../graph/graph.ts';
import type { Case, KernelOp } from '../graph/op.ts';
import { eachProduct, summing } from './shared/convolution.ts';
import { mismatch } from './shared/shapes.ts';
import { alongRows, checkedGeometry, type Geometry, geometryOf, isPadded } from './shared/window.ts';

/** Sums that are worth a register each: filters × taps of one invocation. */
const REGISTERS = 100;
/** Not those of a row sum: beside one it would share its barrier, which costs software adapters twice the time. */
const LANES = 32;
/** Invocations that keep a processor busy without making many parts to add up. */
const INVOCATIONS = 1024;

/** The block of an invocation: filters × lines of taps × taps of a line. */
function blockOf(filters: number, { KH, KW }: Geometry) {
  const width = Math.min(KW, 16);
  const height = Math.min(KH, Math.ceil(32 / width));
  const most = Math.max(1, Math.floor(REGISTERS / (width * height)));
  return { width, height, filters: Math.ceil(filters / Math.ceil(filters / most)) };
}

/** Blocks of the result. */
function blocksOf(filters: number, geometry: Geometry): number {
  const { C, KH, KW } = geometry;
  const block = blockOf(filters, geometry);
  return C * Math.ceil(KH / block.height) * Math.ceil(KW / block.width) * Math.ceil(filters / block.filters);
}

/** Floats that the parts of a small result may take together: 4 MiB. */
const SCRATCH = 2 ** 20;

/**
 * Into how many parts the rows and the samples are divided. Together they take no more memory than the result, or than SCRATCH
 * where that is more: a large result has blocks enough to keep a processor busy without them.
 */
export function splitOf(filters: number, onImage: Geometry) {
  const geometry = alongRows(onImage);
  const { C, OH, N, KH, KW } = geometry;
  const most = Math.max(1, Math.floor(SCRATCH / (filters * stride([C * KH * KW]))));
  const sampleParts = Math.min(16, N, 2 ** Math.floor(Math.log2(most)));
  const wanted = Math.ceil(INVOCATIONS / (blocksOf(filters, geometry) * sampleParts));
  const rowParts = Math.min(wanted, Math.floor(most / sampleParts));
  return { rowParts: Math.ceil(OH / Math.ceil(OH / rowParts)), sampleParts };
}

interface Layout {
  /** Along rows: a part has rows of this image. */
  readonly geometry: Geometry;
  readonly filters: number;
  readonly rowParts: number;
  readonly sampleParts: number;
}

function layout({ inputs: [delta, image], attributes }: Node): Layout {
  const { rowParts, sampleParts } = attributes as Record<string, number>;
  return { geometry: alongRows(geometryOf(image.shape, attributes)), filters: delta.shape[0], rowParts, sampleParts };
}

/** Products in one sum. */
const lengthOf = ({ geometry: { OH, OW, N }, rowParts, sampleParts }: Layout): number =>
  Math.ceil(OH / rowParts) * OW * Math.ceil(N / sampleParts);

export const conv2dFilterGradient: KernelOp = {
  kind: 'kernel',
  name: 'conv2dFilterGradient',

  shape(inputs, attributes) {
    const [delta, image] = inputs;
    const { C, N, OH, OW, KH, KW } = checkedGeometry('conv2dFilterGradient', image, inputs, attributes);
    const [O, ...place] = delta.shape;
    if (String(place) !== String([OH, OW, N]))
      mismatch('conv2dFilterGradient', `δ of shape [O, ${[OH, OW, N]}]`, inputs);
    const { rowParts, sampleParts } = attributes as Record<string, number>;
    return [rowParts * sampleParts, O, C * KH * KW];
  },

  ...summing(
    (node) =>
      ([{ data: delta }, { data: a }], term) => {
        const { geometry, filters, rowParts, sampleParts } = layout(node);
        const { N, OH, OW } = geometry;
        const out = new Float64Array(size(node.shape));
        const weights = size(node.shape.slice(1));
        eachProduct(filters, geometry, (weight, pixel, result) => {
          const y = Math.floor(result / OW) % OH;
          const first = Math.floor(y / Math.ceil(OH / rowParts)) * sampleParts;
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
    const { geometry, filters, rowParts, sampleParts } = layout(node);
    const { C, H, W, N, OH, OW, KH, KW, stride: step, top, left } = geometry;
    const block = blockOf(filters, geometry);
    const invocations = blocksOf(filters, geometry) * rowParts * sampleParts;
    return {
      title: 'conv2d ∂filters',
      shaders: [convolveFiltersWgsl],
      constants: {
        CHANNELS: C,
        H,
        W,
        N,
        FILTERS: filters,
        OH,
        OW,
        KH,
        KW,
        STRIDE: step,
        SPREAD: 1,
        TOP: top,
        LEFT: left,
        PADDED: isPadded(geometry),
        BLOCK_FILTERS: block.filters,
        BLOCK_HEIGHT: block.height,
        BLOCK_WIDTH: block.width,
        HALO: block.width - 1,
        ROW_PARTS: rowParts,
        ROWS_OF_PART: Math.ceil(OH / rowParts),
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
    attributes: { height: 18, width: 18, rowParts: 1, sampleParts: 16, bottom: 1, right: 1 },
  },
];
