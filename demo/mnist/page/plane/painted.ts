/** Points that the visitor paints. */
import { MOST_POINTS, type PlanePoint } from '../../lab/plane/plane-protocol.ts';

export const brushes = { orange: 'Orange, 1', blue: 'Blue, 0', erase: 'Erase', look: 'Look' } as const;
export type Brush = keyof typeof brushes;

/** How close points lie that are painted in one go, and how far an eraser reaches. */
const APART = 0.4;

export type Place = Pick<PlanePoint, 'x1' | 'x2'>;

/** The points after a press, or after moving on with the button held down. */
export function brushed(
  all: readonly PlanePoint[],
  { x1, x2 }: Place,
  how: Brush,
  isDrag: boolean,
): readonly PlanePoint[] {
  const isNear = (point: Place) => Math.hypot(point.x1 - x1, point.x2 - x2) < APART;
  if (how === 'look') return all;
  if (how === 'erase') return all.some(isNear) ? all.filter((point) => !isNear(point)) : all;
  if (all.length >= MOST_POINTS || (isDrag && all.some(isNear))) return all;
  return [...all, { x1, x2, y: how === 'orange' ? 1 : 0 }];
}
