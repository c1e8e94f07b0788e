/**
 * What a convolution and its two gradients share. Each adds up the same products w[o, k] · x[pixel] over another of their
 * indices: result [o, position] = Σ over k, where tap k = (c, i, j) of filter o meets pixel (c, y·s + i − top, x·s + j −
 * left). With attribute `groups`, filters and channels fall into so many groups of equal size, and c counts the channels of
 * the group of filter o.
 */
import loadFilterWgsl from '../../../shaders/load/filter.wgsl';
import loadImageWgsl from '../../../shaders/load/image.wgsl';
import loadImageScalarWgsl from '../../../shaders/load/image_scalar.wgsl';
import { columns, size, stride } from '../../base/tensor.ts';
import type { Attributes, Node } from '../../graph/graph.ts';
import type { Data, Form, KernelOp, Patch, Probe, Target, Value } from '../../graph/op.ts';
import { convolutionFiles, convolutionForms, narrowConvolution, smallestConvolution } from '../convolution-forms.ts';
import { type Contract, productError } from './product-error.ts';
import { all, selection } from './selection.ts';
import { PORTABLE } from './target.ts';
import { alongRows, type Geometry, isPadded } from './window.ts';

export const groupsOf = ({ groups = 1 }: Attributes): number => Number(groups);

/** Calls visit for every product: index of the weight in [O, C/groups·KH·KW], row of the image, row of the result [O, OH, OW]. */
export function eachProduct(
  filters: number,
  groups: number,
  { C, H, W, OH, OW, KH, KW, stride, across, top, left }: Geometry,
  visit: (weight: number, pixel: number, result: number) => void,
): void {
  const channels = C / groups;
  let weight = 0;
  for (let o = 0; o < filters; o++)
    for (let k = 0; k < channels; k++)
      for (let i = 0; i < KH; i++)
        for (let j = 0; j < KW; j++, weight++)
          for (let y = 0; y < OH; y++)
            for (let x = 0; x < OW; x++) {
              const c = Math.floor((o * groups) / filters) * channels + k;
              const [h, w] = [y * stride + i - top, x * across + j - left];
              if (h >= 0 && h < H && w >= 0 && w < W) visit(weight, (c * H + h) * W + w, (o * OH + y) * OW + x);
            }
}

/** Σ over the weights: `target` says for each product which row of the result it adds to, and which of the operand it takes. */
export function contractWeights(
  node: Node,
  geometry: Geometry,
  rowsOf: (pixel: number, result: number) => readonly [from: number, to: number],
): Contract {
  const n = columns(node.shape);
  const [filters] = node.inputs[0].shape;
  return ([{ data: w }, { data: x }], term) => {
    const out = new Float64Array(size(node.shape));
    eachProduct(filters, groupsOf(node.attributes), geometry, (weight, pixel, result) => {
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
  /** Of the image; its channels are what is summed over, group by group. */
  readonly geometry: Geometry;
  /** Rows of the product: filters, or channels of the input. */
  readonly M: number;
  /** Pixels from one of the image to the next as the windows see it, with zeros between: down, and along a row. */
  readonly spread: readonly [down: number, across: number];
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
    const convolution = alongLines(layout(node));
    return convolutionForms(convolution.M / groupsOf(node.attributes), positionsOf(convolution), target);
  };
  return {
    forms,
    narrow: (_node, _target, lanes) => narrowConvolution(lanes),
    body: (node, { form = forms(node, PORTABLE)[0] } = {}) => convolutionBody(node, alongLines(layout(node)), form),
  };
}

/** As `alongRows`, with the zeros between the pixels. */
function alongLines(convolution: Convolution): Convolution {
  const geometry = alongRows(convolution.geometry);
  const { spread } = convolution;
  return geometry === convolution.geometry ? convolution : { ...convolution, geometry, spread: [spread[1], spread[0]] };
}

/** Positions in a line that meet the same taps of a filter. */
const positionsOf = ({ geometry, spread: [, across] }: Convolution): number => Math.ceil(geometry.OW / across);

function convolutionBody(node: Node, convolution: Convolution, form: Form) {
  const { filters, image, geometry, M, spread, flipped, work } = convolution;
  const { C, H, W, N, OH, OW, KH, KW, top, left } = geometry;
  const groups = groupsOf(node.attributes);
  const [rows, span] = form.tile;
  const [down, across] = spread;
  const quads = Math.ceil(N / 4);
  const spans = Math.ceil(positionsOf(convolution) / span);
  const blocks = groups * Math.ceil(M / groups / rows);
  return {
    title: flipped ? 'conv2d ∂input' : 'conv2d',
    form,
    shaders: [convolutionFiles[form.shader], loadFilterWgsl, form.scalar ? loadImageScalarWgsl : loadImageWgsl],
    constants: {
      ...form.constants,
      GROUPS: groups,
      M,
      N,
      CHANNELS: C / groups,
      H,
      W,
      OH,
      OW,
      KH,
      KW,
      STEP_DOWN: geometry.stride,
      STEP_ACROSS: geometry.across,
      SPREAD_DOWN: down,
      SPREAD_ACROSS: across,
      // More padding than a filter reaches is a negative number of zeros for its gradient: it wraps round, as in load/pixel.
      TOP: top >>> 0,
      LEFT: left >>> 0,
      // The first taps that meet pixels at the first position, and not zeros between them.
      TAP_DOWN: modulo(top, down),
      TAP_ACROSS: modulo(left, across),
      PADDED: down > 1 || across > 1 || isPadded(geometry),
      QUADS: quads,
      A_STRIDE: stride(filters.shape),
      FLIPPED: flipped,
      B_STRIDE: stride(image.shape),
    },
    operands: { A: filters, B: image },
    epilogues: { finish: node.shape },
    work,
    lanes: form.lanes,
    workgroups: [Math.ceil((spans * quads) / form.lanes), blocks * OH * across, 1] as const,
  };
}

const modulo = (a: number, b: number): number => ((a % b) + b) % b;

/** Some rows of the result and samples, with the filters and channels that make them: whole groups, or rows of the only one. */
export function patchOf(
  node: Node,
  { filters, image, geometry, M, flipped }: Convolution,
  some: (count: number) => readonly number[],
): Patch {
  const groups = groupsOf(node.attributes);
  const { C, N, OH, OW, KH, KW } = geometry;
  const [g, r, n] = [some(groups), some(M / groups), some(N)];
  const within = (count: number, of: readonly number[]): number[] => g.flatMap((i) => of.map((at) => i * count + at));
  const m = within(M / groups, r);
  const channels = within(C / groups, all(C / groups));
  const places = size(image.shape.slice(1, -1));
  return {
    rows: m.flatMap((row) => all(OH * OW).map((place) => row * OH * OW + place)),
    columns: n,
    height: M * OH * OW,
    shape: [m.length, ...node.shape.slice(1, -1), n.length],
    attributes: { ...node.attributes, groups: g.length },
    operands: [
      flipped
        ? selection(
            channels,
            r.flatMap((row) => all(KH * KW).map((tap) => row * KH * KW + tap)),
          )
        : selection(m, all(columns(filters.shape))),
      selection(
        channels.flatMap((channel) => all(places).map((place) => channel * places + place)),
        n,
        [channels.length, ...image.shape.slice(1, -1)],
      ),
    ],
  };
}
