/** The points that pictures of the plane are made of. */
import { REACH, SIDE } from './plane-protocol.ts';

/** Coordinate of the middle of a pixel, counted from the left. */
const middle = (at: number): number => ((at + 0.5) / SIDE) * 2 * REACH - REACH;

/** Row by row from the upper left: x1 grows to the right, x2 upwards. */
export const grid: readonly { readonly x1: number; readonly x2: number }[] = Array.from(
  { length: SIDE * SIDE },
  (_, i) => ({
    x1: middle(i % SIDE),
    x2: -middle(Math.floor(i / SIDE)),
  }),
);

/** Where a point of the plane is on its picture, as shares of the width and the height from the upper left. */
export const placeOf = (x1: number, x2: number): [right: number, down: number] => [
  (x1 + REACH) / (2 * REACH),
  (REACH - x2) / (2 * REACH),
];

/** The other way round. */
export const pointAt = (right: number, down: number): { x1: number; x2: number } => ({
  x1: right * 2 * REACH - REACH,
  x2: REACH - down * 2 * REACH,
});

/** The pixel that a point lies in. */
export function pixelOf(x1: number, x2: number): number {
  const [right, down] = placeOf(x1, x2).map((share) => Math.min(SIDE - 1, Math.max(0, Math.floor(share * SIDE))));
  return down * SIDE + right;
}
