/** Runs the epochs of a fit: training, validation, and what follows from it. */
import type { Dataset } from '../data/dataset.ts';
import { readTensors, type Tensors, writeTensors } from '../engine/named-tensors.ts';
import { type BestSoFar, isOf, isOverdue, nothingSeen, withEpoch } from './best-epoch.ts';
import { type EpochResult, type FitOptions, spanOf, trainEpoch } from './epoch.ts';
import type { Evaluation } from './evaluate.ts';
import type { Feed } from './feed.ts';
import { type Session, startAfresh } from './session.ts';

/** A result per completed epoch. Rejects as `trainEpoch`, or with the reason of the signal; the best is not restored then. */
export async function trainEpochs(
  session: Session,
  feed: Feed,
  options: FitOptions,
  evaluate: (dataset: Dataset, signal?: AbortSignal) => Promise<Evaluation>,
): Promise<EpochResult[]> {
  const { validation: heldOut, signal, onEpoch } = options;
  const results: EpochResult[] = [];
  const span = spanOf(session, feed.dataset, options);
  const before = span.first > 0 ? session.epochs - 1 : session.epochs;
  let best = await bestBefore(session, nothingSeen(feed.dataset, options, before), options, evaluate);
  for (let epoch = 1; epoch <= span.epochs && !isOverdue(best, options); epoch++) {
    signal?.throwIfAborted();
    const trained = await trainEpoch(session, feed, span, epoch, options);
    if (!trained) break;
    // Not for the signal to stop: what an epoch came to is told.
    const validation = heldOut && (await evaluate(heldOut));
    if (validation) best = await see(session, best, before + epoch, validation);
    if (isAsked(options)) session.best = best;
    results.push({ ...trained, ...(validation && { validation, best: best.best!.epoch - before }) });
    if ((await onEpoch?.(results[epoch - 1])) === 'stop') break;
  }
  session.best = undefined;
  if (best.weights) restore(session, best.weights);
  return results;
}

const isAsked = ({ keepBest, earlyStopping }: FitOptions): boolean => Boolean(keepBest || earlyStopping);

/** What is known before the next epoch: of the fit that this one goes on with, or of the net as it is. */
async function bestBefore(
  session: Session,
  nothing: BestSoFar,
  options: FitOptions,
  evaluate: (dataset: Dataset, signal?: AbortSignal) => Promise<Evaluation>,
): Promise<BestSoFar> {
  const { validation, signal } = options;
  const goesOn = isAsked(options) && session.best && isOf(session.best, nothing);
  let best = goesOn ? session.best! : nothing;
  if (!goesOn) session.best = undefined;
  if (!validation || !isAsked(options)) return best;
  // A fit may have been saved between an epoch and its validation.
  const isNews = goesOn ? best.seen < nothing.seen : session.steps > 0 || session.given;
  if (isNews) best = await see(session, best, nothing.seen, await evaluate(validation, signal));
  session.best = best;
  return best;
}

/** With the parameters, where they are the best and to be kept. */
async function see(session: Session, before: BestSoFar, epoch: number, validation: Evaluation): Promise<BestSoFar> {
  const after = withEpoch(before, epoch, validation);
  if (!after.keepBest || after.best === before.best) return after;
  return { ...after, weights: await readWeights(session) };
}

/** Every parameter, and what layers keep beside them. */
const readWeights = ({ program, parameters }: Session): Promise<Tensors> =>
  readTensors(program, (node) => parameters.some((parameter) => parameter.node === node));

function restore(session: Session, kept: Tensors): void {
  writeTensors(session.program, kept);
  startAfresh(session);
}
