/**
 * Where the tensors stand in the diagram of the net. From left to right as the pass goes, and from top to bottom: parameters,
 * forward, backward, gradients. W is above what it multiplies and ∂W below, b and ∂b above and below their sums.
 */
import type { Page } from './pages.ts';

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
    if (direction === 'backward') continue;
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
  const edges = pages.flatMap(({ operands, result }, page) => operands.map((from) => ({ from, to: result, page })));
  return { columns: column + 1, rows: 4, places: [...places.values()], edges };
}

/** An arrow as an SVG path between the middles of two tiles: straight along a row, else bent, leaving along its row. */
export function pathOf(from: Point, to: Point, radius: number): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (dy === 0) {
    const sign = Math.sign(dx);
    return `M${from.x + sign * radius},${from.y} L${to.x - sign * radius},${to.y}`;
  }
  const down = Math.sign(dy);
  const [startY, endY] = [from.y + down * radius, to.y - down * radius];
  if (dx === 0) return `M${from.x},${startY} L${to.x},${endY}`;
  const middle = (startY + endY) / 2;
  return `M${from.x},${startY} C${from.x},${middle} ${to.x},${middle} ${to.x},${endY}`;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
