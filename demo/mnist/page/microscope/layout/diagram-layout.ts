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

export function layoutOf(pages: readonly Page[]): Layout {
  const places = new Map<string, Place>();
  const put = (name: string, column: number, row: number): void => {
    if (!places.has(name)) places.set(name, { name, column, row });
  };
  put('x', 0, FORWARD);
  let column = 0;
  for (const { direction, kind, operands, result } of pages) {
    if (direction !== 'forward') continue;
    if (kind === 'sum') {
      const [weights, input, bias] = operands;
      // After a linear layer there is no a, and the weights would stand where the biases before them do.
      if (input.startsWith('z')) column++;
      put(weights, column, PARAMETERS);
      put(bias, column + 1, PARAMETERS);
    }
    put(result, ++column, FORWARD);
  }
  put('y', column, PARAMETERS);
  const columnOf = (name: string): number => places.get(name)!.column;
  for (const { kind, layer, operands, result } of pages) {
    if (kind === 'outputError' || kind === 'hiddenError') put(result, columnOf(`z${layer}`), BACKWARD);
    if (operands.includes(`slope${layer}`)) put(`slope${layer}`, columnOf(`a${layer}`), BACKWARD);
    if (kind === 'weightGradient') put(result, columnOf(`W${layer}`), GRADIENTS);
    if (kind === 'biasGradient') put(result, columnOf(`z${layer}`), GRADIENTS);
  }
  const edges = pages.flatMap(({ direction, operands, result }, page) =>
    direction === 'update' ? [] : operands.map((from) => ({ from, to: result, page })),
  );
  return { columns: column + 1, rows: 4, places: [...places.values()], edges };
}

/** The tile of a tensor. A mean gradient has that of the gradient, new weights that of the weights they replace. */
export const tileOf = (name: string): string => name.replace(/^g(?=[Wb])/, 'd').replace(/^n(?=[Wb])/, '');

/** From tile to tile along the pass and across it, and to the middle of the first one. */
export interface Grid {
  readonly isTurned: boolean;
  readonly along: number;
  readonly across: number;
  readonly margin: { readonly along: number; readonly across: number };
}
/** The half of a tile, in CSS pixels: what arrows keep off its middle. */
export const HALF = { width: 26, height: 30 };
const COLUMN = { least: 2 * HALF.width, most: 150 };
const ROW = 84;

/** As wide as there is room for; turned where there is not enough for all columns. */
export function gridOf({ columns, rows }: Pick<Layout, 'columns' | 'rows'>, width: number): Grid {
  const isTurned = width < columns * COLUMN.least;
  const across = isTurned ? Math.min(COLUMN.most, Math.floor(width / rows)) : ROW;
  const along = isTurned ? ROW : Math.min(COLUMN.most, Math.floor(width / columns));
  const row = 40;
  const column = isTurned ? (width - (rows - 1) * across) / 2 : (width - (columns - 1) * along) / 2;
  return {
    isTurned,
    along,
    across,
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
