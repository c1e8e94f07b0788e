/**
 * The forms of a convolution: blocks of filters × neighbouring positions × 4 samples per lane. All add up the products of
 * one element in the same order. The first of a menu is what runs until something else has been measured to be faster.
 */
import convolve from '../../shaders/convolve.wgsl';
import convolveSubgroup from '../../shaders/convolve_subgroup.wgsl';
import type { Form, ShaderFile, Target } from '../graph/op.ts';

/** A block of `rows` filters × `span` positions × 4 samples per lane; see shaders/convolve.wgsl. */
const plain = (rows: number, span: number, lanes: number): Form => ({
  name: `plain ${rows}×${span}×4`,
  shader: 'convolve',
  lanes,
  constants: { ROWS: rows, SPAN: span, HALO: span - 1 },
  tile: [rows, span],
});

const subgroup = (rows: number, span: number, width: number): Form => {
  const { constants, ...rest } = plain(rows, span, Math.max(8, width));
  return {
    ...rest,
    name: `subgroup ${rows}×${span}×4`,
    shader: 'convolve_subgroup',
    constants: { ...constants, SUBGROUP: width, LOADS: Math.ceil(rows / width) },
  };
};

/** The same kernel with the least for a compiler to do: what the self-test runs in its place. */
export const smallestConvolution = ({ shader, constants, lanes }: Form): Form =>
  shader === 'convolve' ? plain(2, 2, lanes) : subgroup(2, 2, constants.SUBGROUP);

/** The files of entry points, as forms name them. */
export const convolutionFiles: Readonly<Record<string, ShaderFile>> = {
  convolve,
  convolve_subgroup: convolveSubgroup,
};

/** For kernels that share a workgroup of so many lanes, bound as floats. */
export const narrowConvolution = (lanes: number): Form => ({ ...plain(1, 1, lanes), scalar: true });

/** What may be tried for M filters on rows of so many positions. */
export function convolutionForms(M: number, positions: number, target: Target): readonly Form[] {
  const forms = menu(M, positions, target);
  return forms.filter(({ name }, i) => forms.findIndex((form) => form.name === name) === i);
}

function menu(M: number, positions: number, { software, subgroup: width }: Target): Form[] {
  // Blocks of equal size, as few as do not exceed the most.
  const rows = (most: number): number => Math.ceil(M / Math.ceil(M / most));
  const span = (most: number): number => Math.ceil(positions / Math.ceil(positions / most));
  if (!software) {
    // Few filters, as each channel of a depthwise convolution has, leave room for more positions.
    const wide = span(Math.max(2, Math.min(8, Math.floor(16 / rows(8)))));
    return [
      plain(rows(8), span(2), 64),
      plain(rows(4), span(2), 64),
      plain(rows(8), span(4), 64),
      plain(rows(8), wide, 64),
    ];
  }
  /** At most so many filters, 8 positions, and so many results for each sample. */
  const block = (most: number, results: number): Form => {
    const [r, s] = [rows(most), span(Math.min(8, Math.floor(results / rows(most))))];
    return width > 0 ? subgroup(r, s, width) : plain(r, s, 8);
  };
  // A plain block as well, for a device whose subgroups do not pass the self-test.
  return [block(16, 64), block(16, 32), block(8, 32), plain(rows(8), span(4), 8)];
}
