/** One epoch of a fit after another: training, validation, and what comes of that. */
import { bestEpoch } from './best.ts';
import type { Dataset } from './data/dataset.ts';
import type { Evaluation } from './evaluate.ts';
import type { Feed } from './feed.ts';
import { type EpochResult, type FitOptions, spanOf, trainEpoch } from './fit.ts';
import { type Session, startAfresh } from './session.ts';
import { readTensors, type Tensors, writeTensors } from './tensors.ts';

/** A result per completed epoch. Rejects as `trainEpoch`, or with the reason of the signal; the best is not restored then. */
export async function trainEpochs(
  session: Session,
  feed: Feed,
  options: FitOptions,
  evaluate: (dataset: Dataset, signal?: AbortSignal) => Promise<Evaluation>,
): Promise<EpochResult[]> {
  const { validation: heldOut, signal, keepBest, onEpoch } = options;
  const results: EpochResult[] = [];
  const best = bestEpoch(options);
  let kept: Tensors | undefined;
  const span = spanOf(session, feed.dataset, options);
  if (heldOut && (session.steps > 0 || session.given) && (keepBest || options.earlyStopping)) {
    best.see(0, await evaluate(heldOut, signal));
    kept = keepBest ? await readWeights(session) : undefined;
  }
  for (let epoch = 1; epoch <= span.epochs; epoch++) {
    signal?.throwIfAborted();
    const trained = await trainEpoch(session, feed, span, epoch, options);
    if (!trained) break;
    // Not for the signal to stop: what an epoch came to is told.
    const validation = heldOut && (await evaluate(heldOut));
    if (validation && best.see(epoch, validation) && keepBest) kept = await readWeights(session);
    results.push({ ...trained, ...(validation && { validation, best: best.epoch }) });
    if ((await onEpoch?.(results[epoch - 1])) === 'stop' || best.isOverdue(epoch)) break;
  }
  if (kept) restore(session, kept);
  return results;
}

/** Every parameter, and what layers keep beside them. */
const readWeights = ({ program, parameters }: Session): Promise<Tensors> =>
  readTensors(program, (node) => parameters.some((parameter) => parameter.node === node));

function restore(session: Session, kept: Tensors): void {
  writeTensors(session.program, kept);
  startAfresh(session);
}
