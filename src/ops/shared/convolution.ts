/**
 * What a convolution and its two gradients share. Each adds up the same products w[o, k] · x[pixel] over another of their
 * indices: result [o, position] = Σ over k, where tap k = (c, i, j) of filter o meets pixel (c, y·s + i − top, x·s + j −
 * left).
 */
import loadFilterWgsl from '../../../shaders/load/filter.wgsl';
import loadImageWgsl from '../../../shaders/load/image.wgsl';
import loadImageScalarWgsl from '../../../shaders/load/image_scalar.wgsl';
import { columns, size, stride } from '../../base/tensor.ts';
import type { Node } from '../../graph/graph.ts';
import type { Data, Form, KernelOp, Probe, Target, Value } from '../../graph/op.ts';
import { convolutionFiles, convolutionForms, narrowConvolution, smallestConvolution } from '../convolution-forms.ts';
import { type Contract, productError } from './product-error.ts';
import { PORTABLE } from './target.ts';
import { alongRows, type Geometry, isPadded } from './window.ts';

/** Calls visit for every product: index of the weight in [O, C·KH·KW], row of the image, row of the result [O, OH, OW]. */
export function eachProduct(
  filters: number,
  { C, H, W, OH, OW, KH, KW, stride, top, left }: Geometry,
  visit: (weight: number, pixel: number, result: number) => void,
): void {
  let weight = 0;
  for (let o = 0; o < filters; o++)
    for (let c = 0; c < C; c++)
      for (let i = 0; i < KH; i++)
        for (let j = 0; j < KW; j++, weight++)
          for (let y = 0; y < OH; y++)
            for (let x = 0; x < OW; x++) {
              const [h, w] = [y * stride + i - top, x * stride + j - left];
              if (h >= 0 && h < H && w >= 0 && w < W) visit(weight, (c * H + h) * W + w, (o * OH + y) * OW + x);
            }
}

/** Σ over the weights: `target` says for each product which row of the result it adds to, and which of the operand it takes. */
export function contractWeights(
  node: Node,
  filters: number,
  geometry: Geometry,
  rowsOf: (pixel: number, result: number) => readonly [from: number, to: number],
): Contract {
  const n = columns(node.shape);
  return ([{ data: w }, { data: x }], term) => {
    const out = new Float64Array(size(node.shape));
    eachProduct(filters, geometry, (weight, pixel, result) => {
      const [from, to] = rowsOf(pixel, result);
      for (let j = 0; j < n; j++) out[to * n + j] += term(w[weight], x[from * n + j]);
    });
    return out;
  };
}

const product = (a: number, b: number): number => a * b;

/** Reference and bound of an op that adds up so many products. */
export const summing = (
  contractOf: (node: Node) => Contract,
  lengthOf: (node: Node) => number,
): Pick<KernelOp, 'reference' | 'error'> => ({
  reference: (inputs: readonly Value[], node: Node) => contractOf(node)(inputs, product),
  error: (inputs: readonly Value[], _data: Data, node: Node) => productError(inputs, lengthOf(node), contractOf(node)),
});

/** An image convolved with filters, as shaders/convolve.wgsl takes it: for the convolution and for its input gradient. */
export interface Convolution {
  readonly filters: Node;
  readonly image: Node;
  /** Of the image; its channels are what is summed over. */
  readonly geometry: Geometry;
  /** Rows of the product: filters, or channels of the input. */
  readonly M: number;
  /** Pixels from one of the image to the next as the windows see it, with zeros between. */
  readonly spread: number;
  /** Whether the filters lie the other way round, [channel of the image, row of the result], and turned by 180°. */
  readonly flipped: boolean;
  /** Products with pixels, and with zeros beside the image of the convolution, per sample. */
  readonly work: number;
}

/** The self-test of an op that convolves: a problem of so many filters and positions in a line. */
export const probing = ([filters, positions]: readonly [number, number], append: Probe['append']): Probe => ({
  shaders: Object.keys(convolutionFiles),
  forms: (target) => convolutionForms(filters, positions, target),
  append,
  least: smallestConvolution,
});

/** What is an op's own to say of a kernel that convolves, out of how it lies. */
export function convolving(layout: (node: Node) => Convolution): Pick<KernelOp, 'narrow' | 'body'> & {
  forms(node: Node, target: Target): readonly Form[];
} {
  const forms = (node: Node, target: Target): readonly Form[] => {
    const { M, geometry } = layout(node);
    return convolutionForms(M, alongRows(geometry).OW, target);
  };
  return {
    forms,
    narrow: (_node, _target, lanes) => narrowConvolution(lanes),
    body: (node, { form = forms(node, PORTABLE)[0] } = {}) => convolutionBody(node, layout(node), form),
  };
}

function convolutionBody(node: Node, { filters, image, M, spread, flipped, work, ...on }: Convolution, form: Form) {
  const geometry = alongRows(on.geometry);
  const { C, H, W, N, OH, OW, KH, KW, stride: step, top, left } = geometry;
  const [rows, span] = form.tile;
  const quads = Math.ceil(N / 4);
  const blocks = Math.ceil(OW / span);
  return {
    title: flipped ? 'conv2d ∂input' : 'conv2d',
    form,
    shaders: [convolutionFiles[form.shader], loadFilterWgsl, form.scalar ? loadImageScalarWgsl : loadImageWgsl],
    constants: {
      ...form.constants,
      M,
      N,
      CHANNELS: C,
      H,
      W,
      OH,
      OW,
      KH,
      KW,
      STRIDE: step,
      SPREAD: spread,
      // More padding than a filter reaches is a negative number of zeros for its gradient: it wraps round, as in load/pixel.
      TOP: top >>> 0,
      LEFT: left >>> 0,
      PADDED: spread > 1 || isPadded(geometry),
      QUADS: quads,
      A_STRIDE: stride(filters.shape),
      FLIPPED: flipped,
      B_STRIDE: stride(image.shape),
    },
    operands: { A: filters, B: image },
    epilogues: { finish: node.shape },
    work,
    lanes: form.lanes,
    workgroups: [Math.ceil((blocks * quads) / form.lanes), OH * Math.ceil(M / rows), 1] as const,
  };
}
