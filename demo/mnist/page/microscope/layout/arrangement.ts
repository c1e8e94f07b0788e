/** Where the numbers of a tensor lie in its picture: which element a picture pixel shows, and the other way round. */
import { SIDE } from '../../../lab/protocol.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Arrangement {
  readonly width: number;
  readonly height: number;
  /** Index of the element at a pixel of the picture; −1 for none. */
  at(x: number, y: number): number;
  /** The pixels that show an element. */
  boxOf(index: number): Box;
  /** The element so many steps to the right and down; −1 past the edge. */
  beside(index: number, right: number, down: number): number;
}

/** Units of a hidden layer that an atlas shows at once. */
export const ATLAS = 64;
/** Pixels on a side of the picture of a matrix; of a larger one, only every so-manyth row and column is painted. */
const MOST = 512;

/** Row after row, near a square, in full rows where the count allows. */
export function columnsFor(count: number): number {
  if (count <= 10) return Math.min(count, 5);
  const root = Math.ceil(Math.sqrt(count));
  for (let columns = root; columns <= 2 * root; columns++) if (count % columns === 0) return columns;
  return root;
}

/** Of rows of so many columns; −1 past the left, right and top. */
function stepped(index: number, columns: number, right: number, down: number): number {
  const column = (index % columns) + right;
  return column < 0 || column >= columns ? -1 : Math.max(-1, index + right + down * columns);
}

/** `offset` is the index of the first. */
export function grid(count: number, columns = columnsFor(count), offset = 0): Arrangement {
  return {
    width: columns,
    height: Math.ceil(count / columns),
    at: (x, y) => (x < columns && y * columns + x < count ? offset + y * columns + x : -1),
    boxOf(index) {
      const i = index - offset;
      return { left: i % columns, top: Math.floor(i / columns), width: 1, height: 1 };
    },
    beside(index, right, down) {
      const next = stepped(index - offset, columns, right, down);
      return next < 0 || next >= count ? -1 : offset + next;
    },
  };
}

/** One row of a first layer's matrix, as an image. */
export const imageOfUnit = (unit: number): Arrangement => grid(SIDE * SIDE, SIDE, unit * SIDE * SIDE);

/** [rows, columns] as it stands on paper. */
export function matrix(rows: number, columns: number, most = MOST): Arrangement {
  const [width, height] = [Math.min(columns, most), Math.min(rows, most)];
  const from = (pixel: number, pixels: number, count: number) => Math.ceil((pixel * count) / pixels);
  return {
    width,
    height,
    at: (x, y) => from(y, height, rows) * columns + from(x, width, columns),
    boxOf(index) {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return { left: (column * width) / columns, top: (row * height) / rows, width: 1, height: 1 };
    },
    beside(index, right, down) {
      const next = stepped(index, columns, right, down);
      return next < rows * columns ? next : -1;
    },
  };
}

/** The first unit of the atlas that shows this one. */
export const firstOfAtlas = (unit: number): number => unit - (unit % ATLAS);

/** Rows of a first layer's matrix as images side by side, up to ATLAS of them, with a line between. */
export function atlas(units: number, first = 0): Arrangement {
  const count = Math.min(units - first, ATLAS);
  const columns = columnsFor(Math.min(units, ATLAS));
  const [tile, size] = [SIDE + 1, SIDE * SIDE];
  return {
    width: columns * tile - 1,
    height: Math.ceil(count / columns) * tile - 1,
    at(x, y) {
      const [column, row] = [Math.floor(x / tile), Math.floor(y / tile)];
      const [dx, dy] = [x % tile, y % tile];
      const unit = row * columns + column;
      return dx === SIDE || dy === SIDE || unit >= count ? -1 : (first + unit) * size + dy * SIDE + dx;
    },
    boxOf(index) {
      const unit = Math.floor(index / size) - first;
      return { left: (unit % columns) * tile, top: Math.floor(unit / columns) * tile, width: SIDE, height: SIDE };
    },
    // From image to image, to the same pixel.
    beside(index, right, down) {
      const next = stepped(Math.floor(index / size) - first, columns, right, down);
      return next < 0 || next >= count ? -1 : (first + next) * size + (index % size);
    },
  };
}

const STEPS: Record<string, readonly [dx: number, dy: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The element an arrow key leads to; −1 for other keys, and past the edge. */
export function move({ beside }: Arrangement, index: number, key: string): number {
  const [right, down] = STEPS[key] ?? [];
  return right === undefined ? -1 : beside(index, right, down!);
}
