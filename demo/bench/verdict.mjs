// Whether a run did the work at all: a row whose numbers are wrong is void, however fast it was.
import { errorOf } from './works/matmul.mjs';

/** Largest relative difference of losses after the warm-up; a wrong gradient is far beyond it. */
const tolerance = 0.01;

/** Why a training run is void, or undefined. `ours` is our loss after the same warm-up, where that can be compared. */
export function judgeTraining({ warm, last }, ours) {
  if (!Number.isFinite(warm)) return `its loss is ${warm}`;
  const off = Math.abs(warm - ours) / ours;
  if (off > tolerance) return `its loss after the warm-up is ${warm.toPrecision(5)}, ours ${ours.toPrecision(5)}`;
  if (last !== undefined && !(last < warm)) return `its loss did not fall: ${warm.toPrecision(5)}, then ${last}`;
}

/** Why a product is void, or undefined; K terms of size below 1, rounded each, stay far within this. */
export async function judgeProduct(run, work, material) {
  if (!run.product) return undefined;
  const error = errorOf(await run.product(), material, work.size);
  if (!(error < 1e-5 * work.size)) return `an element of the product is off by ${error}`;
}
