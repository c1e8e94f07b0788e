/**
 * Where the tensors stand in the diagram of the net. From left to right as the pass goes, and from top to bottom: parameters,
 * forward, backward, gradients. W is above what it multiplies and ∂W below, b and ∂b above and below their sums. Where the
 * diagram is turned, for narrow windows, it goes from top to bottom, with the parameters on the left.
 */
import type { Page } from '../model/pages.ts';

export interface Place {
  readonly name: string;
  readonly column: number;
  readonly row: number;
}
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** The page that this arrow is part of. */
  readonly page: number;
}
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly places: readonly Place[];
  readonly edges: readonly Edge[];
}

const [PARAMETERS, FORWARD, BACKWARD, GRADIENTS] = [0, 1, 2, 3];

/** Tensors without a place, such as the slopes of an activation by itself, are in the pages alone. */
export function layoutOf(pages: readonly Page[]): Layout {
  const places = new Map<string, Place>();
  const taken = new Set<string>();
  const put = (name: string, column: number, row: number): void => {
    if (places.has(name) || taken.has(`${column} ${row}`)) return;
    places.set(name, { name, column, row });
    taken.add(`${column} ${row}`);
  };
  const columnOf = (name: string): number => places.get(name)!.column;
  put('x', 0, FORWARD);
  let column = 0;
  for (const { direction, operands, result } of pages) {
    if (direction !== 'forward') continue;
    let last = column;
    for (const name of operands.filter((name) => isGiven(name) && !places.has(name))) {
      while (taken.has(`${last} ${PARAMETERS}`)) last++;
      put(name, last, PARAMETERS);
    }
    column = Math.max(column + 1, last);
    put(result, column, FORWARD);
  }
  put('y', column, PARAMETERS);
  for (const { kind, layer, operands, result } of pages) {
    if (kind === 'outputError' || kind === 'hiddenError') put(result, columnOf(forwardOf(result)), BACKWARD);
    if (operands.includes(`slope${layer}`)) put(`slope${layer}`, columnOf(`a${layer}`), BACKWARD);
  }
  for (const { direction, result } of pages) {
    if (direction === 'backward' && /^d(W|b|gamma|beta)\d/.test(result))
      put(result, columnOf(result.slice(1)), GRADIENTS);
  }
  const edges = pages.flatMap(({ direction, operands, result }, page) =>
    direction === 'update' || !places.has(result)
      ? []
      : operands.filter((from) => places.has(from)).map((from) => ({ from, to: result, page })),
  );
  return { columns: column + 1, rows: 4, places: [...places.values()], edges };
}

/** Whether a tensor is no result of the pass: what is learned, a mask, a mean, a variance. */
const isGiven = (name: string): boolean => /^(W|b|gamma|beta|mean|variance|mask)\d+$/.test(name);

/** What an error is that of: z of δ, a of ∂C/∂a. */
const forwardOf = (error: string): string => error.replace(/^delta/, 'z').replace(/^da/, 'a');

/** The tile of a tensor. A mean gradient has that of the gradient, new weights that of the weights they replace. */
export const tileOf = (name: string): string => name.replace(/^g(?=W|b|gamma)/, 'd').replace(/^n(?=W|b|gamma)/, '');

/** From tile to tile along the pass and across it, and to the middle of the first one. */
export interface Grid {
  readonly isTurned: boolean;
  readonly along: number;
  readonly across: number;
  readonly margin: { readonly along: number; readonly across: number };
  /** Whether it is larger than its place, and scrolls there. */
  readonly isLong: boolean;
}
/** The half of a tile, in CSS pixels: what arrows keep off its middle. */
export const HALF = { width: 26, height: 30 };
const COLUMN = { least: 2 * HALF.width, most: 150 };
const ROW = 84;
/** Of more columns the diagram scrolls. It is turned only where it would hardly show a few at once. */
const LONG = { columns: 16, width: 520 };

/** As wide as there is room for; turned where there is not enough for all columns. */
export function gridOf({ columns, rows }: Pick<Layout, 'columns' | 'rows'>, width: number): Grid {
  const isNarrow = width < columns * COLUMN.least;
  const isLong = isNarrow && columns > LONG.columns;
  const isTurned = isNarrow && !(isLong && width >= LONG.width);
  const across = isTurned ? Math.min(COLUMN.most, Math.floor(width / rows)) : ROW;
  const along = isTurned ? ROW : Math.max(COLUMN.least, Math.min(COLUMN.most, Math.floor(width / columns)));
  const row = 40;
  const column = isTurned ? (width - (rows - 1) * across) / 2 : Math.max(along, width - (columns - 1) * along) / 2;
  return {
    isTurned,
    along,
    across,
    isLong,
    margin: isTurned ? { along: row, across: column } : { along: column, across: row },
  };
}

/** The middle of a tile. */
export function middleOf(
  { column, row }: Pick<Place, 'column' | 'row'>,
  { isTurned, along, across, margin }: Grid,
): Point {
  const [u, v] = [margin.along + column * along, margin.across + row * across];
  return isTurned ? { x: v, y: u } : { x: u, y: v };
}

/** An arrow as an SVG path between the middles of two tiles: straight along the pass, else bent, leaving across it. */
export function pathOf(from: Point, to: Point, isTurned: boolean): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [right, down] = [Math.sign(dx) * HALF.width, Math.sign(dy) * HALF.height];
  if (dx === 0) return `M${from.x},${from.y + down} L${to.x},${to.y - down}`;
  if (dy === 0) return `M${from.x + right},${from.y} L${to.x - right},${to.y}`;
  if (isTurned) {
    const middle = (from.x + to.x) / 2;
    return `M${from.x + right},${from.y} C${middle},${from.y} ${middle},${to.y} ${to.x - right},${to.y}`;
  }
  const middle = (from.y + to.y) / 2;
  return `M${from.x},${from.y + down} C${from.x},${middle} ${to.x},${middle} ${to.x},${to.y - down}`;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
