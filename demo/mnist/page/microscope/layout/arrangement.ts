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

/** One of several maps [channels, height, width]. */
export const mapOf = (channel: number, [, height, width]: readonly number[]): Arrangement =>
  grid(height * width, width, channel * height * width);

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

interface Tiles {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Index of the first element, and from tile to tile. */
  readonly first: number;
  readonly apart: number;
  readonly columns: number;
}

/** Images side by side, with a line between. */
function tiled({ count, height, width, first, apart, columns }: Tiles): Omit<Arrangement, 'beside'> {
  const rows = Math.ceil(count / columns);
  return {
    width: columns * (width + 1) - 1,
    height: rows * (height + 1) - 1,
    at(x, y) {
      const [column, row] = [Math.floor(x / (width + 1)), Math.floor(y / (height + 1))];
      const [dx, dy] = [x % (width + 1), y % (height + 1)];
      const tile = row * columns + column;
      return dx === width || dy === height || tile >= count ? -1 : first + tile * apart + dy * width + dx;
    },
    boxOf(index) {
      const [tile, within] = [Math.floor((index - first) / apart), (index - first) % apart];
      return {
        left: (tile % columns) * (width + 1) + (within % width),
        top: Math.floor(tile / columns) * (height + 1) + Math.floor(within / width),
        width: 1,
        height: 1,
      };
    },
  };
}

/** Rows of a first layer's matrix as images side by side, up to ATLAS of them. */
export function atlas(units: number, first = 0): Arrangement {
  const count = Math.min(units - first, ATLAS);
  const columns = columnsFor(Math.min(units, ATLAS));
  const size = SIDE * SIDE;
  const tiles = tiled({ count, height: SIDE, width: SIDE, first: first * size, apart: size, columns });
  return {
    ...tiles,
    boxOf(index) {
      const { left, top } = tiles.boxOf(index - (index % size));
      return { left, top, width: SIDE, height: SIDE };
    },
    // From image to image, to the same pixel.
    beside(index, right, down) {
      const next = stepped(Math.floor(index / size) - first, columns, right, down);
      return next < 0 || next >= count ? -1 : (first + next) * size + (index % size);
    },
  };
}

/** Near a square, wider than high. */
const columnsOfMaps = (count: number): number => (count < 4 ? count : Math.ceil(Math.sqrt(count)));

/** Maps [channels, height, width] side by side. `first` and `apart` are indices: of the first map, and from map to map. */
export function maps([count, height, width]: readonly number[], first = 0, apart = height * width): Arrangement {
  const columns = columnsOfMaps(count);
  const tiles = tiled({ count, height, width, first, apart, columns });
  return {
    ...tiles,
    // From pixel to pixel, and over the edge into the next map.
    beside(index, right, down) {
      const { left, top } = tiles.boxOf(index);
      const x = past(left + right, right, width);
      const y = past(top + down, down, height);
      return x >= 0 && y >= 0 && x < tiles.width && y < tiles.height ? tiles.at(x, y) : -1;
    },
  };
}

/** A step further where it would end on the line between tiles of so many pixels. */
const past = (at: number, step: number, size: number): number => (at % (size + 1) === size ? at + step : at);

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
