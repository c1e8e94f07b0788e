/**
 * Entry points. A body is a function run(group, lane), and a dispatch runs it for every workgroup of its grid. A dispatch
 * can also run several bodies: one after another on the columns that a workgroup owns, with barriers between, or side by
 * side. Loops end at a count + group.z, where group.z is 0: see shaders/gemm.wgsl. A grid that is longer than a device runs
 * along one dimension is folded, and no body knows of it.
 */
export type Grid = readonly [number, number, number];

/** How a dispatch runs its phases. */
export type Arrangement =
  | { readonly kind: 'alone' }
  /** Each workgroup owns so many blocks of columns of each phase. */
  | { readonly kind: 'columns'; readonly blocks: readonly number[] }
  | { readonly kind: 'beside' }
  /** One workgroup runs the whole grid of every phase, for every row of the step table; barriers[i] is before phase i. */
  | { readonly kind: 'whole'; readonly barriers: readonly boolean[] };

/** Workgroups of the dispatch. */
export function gridOf(arrangement: Arrangement, grids: readonly Grid[]): Grid {
  if (arrangement.kind === 'alone') return grids[0];
  if (arrangement.kind === 'whole') return [1, 1, 1];
  if (arrangement.kind === 'beside') return [grids.reduce((sum, grid) => sum + count(grid), 0), 1, 1];
  return [Math.max(...grids.map(([x], i) => Math.ceil(x / arrangement.blocks[i]))), 1, 1];
}

/**
 * The grid to dispatch on a device that runs at most so many workgroups along one dimension: the grid itself where it fits,
 * else its workgroups in the order x, y, in lines of equal length. The last line may have some that do nothing.
 */
export function folded(grid: Grid, most: number): Grid {
  if (grid.every((n) => n <= most)) return grid;
  const lines = Math.ceil(count(grid) / most);
  return [Math.ceil(count(grid) / lines), lines, 1];
}

/** The text, for a shader with these WGSL extensions. */
export type Entry = (extensions: ReadonlySet<string>) => string;

export interface EntryOptions {
  /** The grid of the arrangement as `folded` gives it. */
  readonly dispatched?: Grid;
  /** Whether the shader has a function `raise_flag`, to be called after each step. */
  readonly flagged?: boolean;
}

export const entryPoint =
  (
    arrangement: Arrangement,
    grids: readonly Grid[],
    lanes: number,
    { dispatched = gridOf(arrangement, grids), flagged = false }: EntryOptions = {},
  ): Entry =>
  (extensions) => {
    const place = unfolding(gridOf(arrangement, grids), dispatched);
    const body = [...place, ...calls(arrangement, grids, flagged ? ['raise_flag();'] : [])];
    return text(body, lanes, extensions.has('subgroups'), place.length > 0);
  };

function text(body: readonly string[], lanes: number, subgroups: boolean, isFolded: boolean): string {
  const builtins = [
    `@builtin(workgroup_id) ${isFolded ? 'place' : 'group'}: vec3u`,
    '@builtin(local_invocation_index) lane: u32',
    ...(subgroups ? ['@builtin(subgroup_invocation_id) lane_of_subgroup: u32'] : []),
  ];
  return [
    ...(subgroups ? ['var<private> subgroup_lane: u32;'] : []),
    `@compute @workgroup_size(${lanes})`,
    `fn main(${builtins.join(', ')}) {`,
    ...(subgroups ? ['  subgroup_lane = lane_of_subgroup;'] : []),
    ...body.map((line) => `  ${line}`),
    '}',
  ].join('\n');
}

/** The workgroup of the grid that stands at a place of the folded one. */
function unfolding(grid: Grid, [x, y]: Grid): string[] {
  if (x === grid[0] && y === grid[1]) return [];
  return [
    `let index = place.y * ${x}u + place.x;`,
    `if (index >= ${count(grid)}u) { return; }`,
    `let group = vec3u(index % ${grid[0]}u, index / ${grid[0]}u, place.z);`,
  ];
}

/** `last` is what a step ends with. */
function calls(arrangement: Arrangement, grids: readonly Grid[], last: readonly string[]): string[] {
  if (arrangement.kind === 'alone') return ['run(group, lane);', ...last];
  if (arrangement.kind === 'beside') return [...beside(grids), ...last];
  if (arrangement.kind === 'whole') return whole(grids, arrangement.barriers, last);
  return [...inColumns(grids, arrangement.blocks), ...last];
}

const inColumns = (grids: readonly Grid[], ofPhases: readonly number[]): string[] =>
  grids.flatMap(([x, y], i) => {
    const blocks = ofPhases[i];
    return [
      ...(i > 0 ? ['storageBarrier();'] : []),
      `for (var x = ${blocks}u * group.x; x < min(${blocks}u * (group.x + 1u), ${x}u); x++) {`,
      `  for (var y = 0u; y < ${y}u + group.z; y++) {`,
      `    run_${i}(vec3u(x, y, group.z), lane);`,
      '  }',
      '}',
    ];
  });

function whole(grids: readonly Grid[], barriers: readonly boolean[], last: readonly string[]): string[] {
  const phases = grids.flatMap(([x, y], i) => {
    const group = `vec3u(${x === 1 ? '0u' : 'x'}, ${y === 1 ? '0u' : 'y'}, group.z)`;
    const loops = [
      ...(x === 1 ? [] : [`for (var x = 0u; x < ${x}u + group.z; x++) {`]),
      ...(y === 1 ? [] : [`for (var y = 0u; y < ${y}u + group.z; y++) {`]),
    ];
    return [
      ...(barriers[i] ? ['storageBarrier();'] : []),
      `${loops.join(' ')} run_${i}(${group}, lane); ${loops.map(() => '}').join(' ')}`.trim(),
    ];
  });
  return [
    'for (var r = 0u; r < table[0].row.rows; r++) {',
    ...['step = table[r].row;', ...phases, ...last, 'storageBarrier();'].map((line) => `  ${line}`),
    '}',
  ];
}

function beside(grids: readonly Grid[]): string[] {
  let first = 0;
  return grids.flatMap((grid, i) => {
    const start = first;
    first += count(grid);
    const g = `(group.x - ${start}u)`;
    return [
      `${i > 0 ? '} else ' : ''}if (group.x < ${first}u) {`,
      `  run_${i}(vec3u(${g} % ${grid[0]}u, ${g} / ${grid[0]}u, group.z), lane);`,
      ...(i === grids.length - 1 ? ['}'] : []),
    ];
  });
}

const count = ([x, y]: Grid): number => x * y;
