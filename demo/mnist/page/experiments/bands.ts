/** A map of losses in bands, whose edges are its contour lines. */

/** Bands of the map; each stands for half the loss of the one before. */
const BANDS = 12;

/** How dark each place is, from 0 for the largest loss to 1, in steps. */
export function bandsOf(losses: readonly number[]): number[] {
  const most = Math.max(...losses);
  return losses.map((loss) => Math.min(BANDS, Math.floor(Math.log2(most / Math.max(loss, Number.MIN_VALUE)))) / BANDS);
}
