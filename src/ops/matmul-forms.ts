/**
 * The forms of the matrix product: how the results are split among workgroups and lanes. All add up the products of one
 * element in the same order, so a form changes the speed and never a bit of the result. The first of a menu is what runs
 * until something else has been measured to be faster (see `Tuner`).
 */

import gemm from '../../shaders/gemm.wgsl';
import gemmFlat from '../../shaders/gemm_flat.wgsl';
import gemmLanes from '../../shaders/gemm_lanes.wgsl';
import gemmSubgroup from '../../shaders/gemm_subgroup.wgsl';
import gemmWorkgroup from '../../shaders/gemm_workgroup.wgsl';
import { columns, rows } from '../base/tensor.ts';
import type { Form, ShaderFile, Target } from '../graph/op.ts';
import { PORTABLE } from './shared/target.ts';

/** A block of `rows` × 4·`columns` results per lane, `lanes` of them side by side; see shaders/gemm.wgsl. */
const plain = (rows: number, columns: number, lanes = 8): Form => ({
  name: `plain ${rows}×${4 * columns}`,
  shader: 'gemm',
  lanes,
  constants: { WIDTH: lanes, ROWS: rows, COLUMNS: columns, COLUMN_STEP: 4 },
  tile: [rows, 4 * columns * lanes],
});

const subgroup = (rows: number, columns: number, width: number): Form => {
  const { constants, tile, lanes } = plain(rows, columns, Math.max(8, width));
  return {
    name: `subgroup ${rows}×${4 * columns}`,
    shader: 'gemm_subgroup',
    lanes,
    constants: { ...constants, SUBGROUP: width, LOADS: Math.ceil(rows / width) },
    tile,
  };
};

/** As `subgroup`, with `columns` single columns per lane; see shaders/gemm_lanes.wgsl. */
const byLane = (rows: number, columns: number, width: number): Form => {
  const form = subgroup(rows, columns, width);
  return {
    ...form,
    name: `lanes ${rows}×${columns}`,
    shader: 'gemm_lanes',
    tile: [rows, columns * form.lanes],
    single: true,
  };
};

/** lanes × lanes blocks in a workgroup, staged through shared memory `depth` steps of k at a time. */
const workgroup = (rows: number, columns: number, lanes: number, depth: number): Form => ({
  name: `workgroup ${lanes}² ${rows}×${4 * columns}×${depth}`,
  shader: 'gemm_workgroup',
  lanes: lanes * lanes,
  constants: { WIDTH: lanes, ROWS: rows, COLUMNS: columns, COLUMN_STEP: 4 * lanes, DEPTH: depth },
  tile: [rows * lanes, 4 * columns * lanes],
});

/** The files of entry points, as forms name them. */
export const gemmFiles: Readonly<Record<string, ShaderFile>> = {
  gemm,
  gemm_lanes: gemmLanes,
  gemm_subgroup: gemmSubgroup,
  gemm_workgroup: gemmWorkgroup,
  gemm_flat: gemmFlat,
};

/** The same kernel with the least for a compiler to do for a result [M, N]: what the self-test runs in its place. */
export function smallest(form: Form, shape: readonly [number, number]): Form {
  const { shader, constants, lanes } = form;
  if (shader === 'gemm_lanes') return byLane(2, 1, constants.SUBGROUP);
  if (shader === 'gemm_subgroup') return subgroup(2, 1, constants.SUBGROUP);
  if (shader === 'gemm_workgroup') return workgroup(2, 1, 8, 8);
  return shader === 'gemm_flat' ? narrowForm(shape, PORTABLE, lanes) : plain(2, 1, lanes);
}

/** For kernels that share workgroups of so many lanes, which own whole columns. */
export function narrowForm(
  [m, n]: readonly [number, number],
  { software, subgroup: width }: Target,
  lanes: number,
): Form {
  if (software && width > 0) return { ...subgroup(8, 1, width), scalar: true };
  // A power of two, as the lanes are: kernels that share a workgroup own the same columns.
  const columns = n <= 4 ? 1 : n <= 8 ? 2 : 4;
  return {
    name: `flat ${4 * columns}`,
    shader: 'gemm_flat',
    lanes,
    constants: { WIDTH: lanes, ROWS: m, COLUMNS: columns, COLUMN_STEP: 4 },
    tile: [m, 4 * columns],
    scalar: true,
  };
}

/** Multiply-adds below which a product is not worth the time it takes to compile a large block. */
const WORTH_COMPILING = 2 ** 18;

/** What may be tried for a product [M, K] × [K, N] on a device, the second factor as it lies or transposed. */
export function gemmForms(m: number, n: number, k: number, target: Target, transposeB = false): readonly Form[] {
  const { software, subgroup: width } = target;
  if (software) return softwareForms(m, n, k, width, transposeB);
  const tiles = [workgroup(8, 2, 16, 8), workgroup(8, 2, 8, 16), workgroup(4, 1, 8, 16), workgroup(2, 1, 8, 32)];
  // Large tiles read least, but leave processors idle where there are few of them.
  const tilesOf = ({ tile }: Form): number => Math.ceil(m / tile[0]) * Math.ceil(n / tile[1]);
  const first = tiles.find((form) => tilesOf(form) >= 128) ?? tiles[tiles.length - 1];
  const others = tiles.filter((form) => form !== first);
  return [first, ...others, plain(4, 1, 64), ...(width > 0 ? [subgroup(8, 1, width)] : [])];
}

/** A barrier costs more than it saves here, and so does reading one address in every lane. */
function softwareForms(m: number, n: number, k: number, width: number, transposeB: boolean): readonly Form[] {
  const block = width > 0 ? (r: number, c: number) => subgroup(r, c, width) : plain;
  const [first, second] = [16, 20].sort((a, b) => padded(m, a) - padded(m, b));
  const tall = m < 16 ? [block(m, 2)] : [block(first, 2), block(second, 2), block(32, 2), block(16, 4)];
  const single = width > 0 && (m >= 16 || transposeB) ? singleColumns(Math.min(first, m), n, width, transposeB) : [];
  const large = transposeB ? [...single, ...tall] : [...tall, ...single];
  const blocks = m * n * k < WORTH_COMPILING && !transposeB ? [block(8, 1), ...large] : [...large, block(8, 1)];
  // A plain block as well, for a device whose subgroups do not pass the self-test.
  return [...blocks, ...(width > 0 ? [plain(8, 1)] : [])];
}

/** Where B lies as it is, reading it value by value only pays for fewer columns past the end. */
function singleColumns(rows: number, n: number, width: number, transposeB: boolean): readonly Form[] {
  const computed = ({ tile }: Form): number => padded(n, tile[1]);
  const fitting = (height: number, counts: readonly number[]): Form =>
    counts.map((count) => byLane(height, count, width)).reduce((a, b) => (computed(b) < computed(a) ? b : a));
  if (transposeB) return [fitting(rows, [8, 7]), fitting(32, [8, 7])];
  const form = fitting(rows, [13, 14]);
  return computed(form) < 0.9 * padded(n, 64) ? [form] : [];
}

/** Rows that are computed in blocks of so many. */
const padded = (m: number, rows: number): number => Math.ceil(m / rows) * rows;

/** The grid of workgroups for a result of this shape. */
export const workgroupsOf = ({ tile }: Form, shape: readonly number[]): readonly [number, number, number] => [
  Math.ceil(columns(shape) / tile[1]),
  Math.ceil(rows(shape) / tile[0]),
  1,
];
