/** Runs the epochs of a fit: training, validation, and what follows from it. */
import { NonFiniteError } from '../base/errors.ts';
import { together } from '../base/together.ts';
import type { AnyDataset } from '../data/streamed.ts';
import { type Tensors, writeTensors } from '../engine/named-tensors.ts';
import { afterEpoch, lastSeen, watchesEpochs } from '../nn/learning-rate.ts';
import { type BestOptions, type BestSoFar, isOf, isOverdue, nothingSeen, outcomeOf, withEpoch } from './best-epoch.ts';
import { storedWeights } from './checkpoint/snapshot.ts';
import { epochsOf } from './epochs.ts';
import type { Evaluation } from './evaluate.ts';
import type { Feed } from './feed.ts';
import { demandParameters } from './finite.ts';
import type { EndedEpoch, EpochResult, FitOptions } from './fit-options.ts';
import type { Ongoing } from './ongoing.ts';
import { type Session, startAfresh } from './session.ts';
import { endOfEpoch, spanOf } from './span.ts';
import type { Validation } from './validation.ts';

/**
 * A result per completed epoch. Epochs and their validations run on without a pause, unless somebody waits for each.
 * Rejects as `Epochs.queue`; the best is not restored then.
 */
export async function trainEpochs(
  session: Session,
  feed: Feed,
  options: FitOptions,
  evaluate: Evaluate,
  ongoing: Ongoing,
  validation?: Validation,
): Promise<EpochResult[]> {
  const { engine, program } = session;
  const { onEpoch } = options;
  const span = ongoing.spanFrom(() => spanOf(session, feed.dataset, options, validation?.steps ?? 0));
  const { first, last, before } = span;
  const completed = before + Math.floor(first / span.perEpoch);
  await engine.prepare([[feed.program, program], ...(validation ? [validation.programs] : [])]);
  let best = await bestBefore(session, nothingSeen(feed.dataset, options, completed), options, evaluate, validation);
  await seeMissed(session, completed, options, evaluate, validation);
  const waited = Boolean(onEpoch) || isAsked(options) || watchesEpochs(session.learningRate);
  program.setFlags();
  const epochs = epochsOf(session, feed, span, options, waited, ongoing, validation);
  try {
    const { results } = ongoing;
    const seeEpoch = async ({ epoch, validation }: EndedEpoch): Promise<void> => {
      if (validation) best = await see(session, best, before + epoch, validation, options);
    };
    if (!isAsked(options)) for (const epoch of results) await seeEpoch(epoch);
    for (let step = first; step < last && !isOverdue(best, options); ) {
      const end = waited ? endOfEpoch(span, step) : last;
      const { done } = await epochs.queue(step, end);
      step = end;
      const ended = await done;
      for (const epoch of ended) {
        adaptRate(session, before + epoch.epoch, epoch, options);
        await seeEpoch(epoch);
        results.push(withBest(epoch, best, before));
      }
      if (isAsked(options)) session.best = best;
      if (waited && ended.length > 0) {
        if (await isStopped(ongoing, results[results.length - 1], onEpoch)) break;
        ongoing.look();
      }
    }
    session.best = undefined;
    if (best.weights) restore(session, best.weights);
    return results;
  } catch (error) {
    // An epoch whose loss is NaN is not resumed, though steps of it may have been queued since.
    if (error instanceof NonFiniteError) session.unfinished = undefined;
    throw error;
  } finally {
    await epochs.close();
  }
}

/** Tells of an epoch, once, and says whether the fit ends with it. */
async function isStopped(ongoing: Ongoing, result: EpochResult, onEpoch: FitOptions['onEpoch']): Promise<boolean> {
  if (result.epoch > ongoing.told) {
    ongoing.stopped = (await onEpoch?.(result)) === 'stop';
    ongoing.told = result.epoch;
  }
  return ongoing.stopped && result.epoch === ongoing.told;
}

/** Tells a learning rate that watches epochs what one came to. */
function adaptRate(
  session: Session,
  epoch: number,
  { trainLoss, validation }: Pick<EndedEpoch, 'trainLoss' | 'validation'>,
  options: BestOptions,
): void {
  const outcome = validation ? outcomeOf(validation, options) : { value: trainLoss, highest: false };
  session.learningRate = afterEpoch(session.learningRate, { epoch, ...outcome });
}

/** A fit may have been saved between an epoch and its validation. */
async function seeMissed(
  session: Session,
  before: number,
  options: FitOptions,
  evaluate: Evaluate,
  validation?: Validation,
): Promise<void> {
  const seen = lastSeen(session.learningRate);
  if (!validation || seen === undefined || seen >= before) return;
  const missed = { trainLoss: Number.NaN, validation: await evaluate(validation.dataset, options.signal) };
  adaptRate(session, before, missed, options);
}

type Evaluate = (dataset: AnyDataset, signal?: AbortSignal) => Promise<Evaluation>;

const withBest = (epoch: EndedEpoch, { best }: BestSoFar, before: number): EpochResult =>
  epoch.validation ? { ...epoch, best: best!.epoch - before } : epoch;

const isAsked = ({ keepBest, earlyStopping }: FitOptions): boolean => Boolean(keepBest || earlyStopping);

/** What is known before the next epoch: of the fit that this one goes on with, or of the net as it is. */
async function bestBefore(
  session: Session,
  nothing: BestSoFar,
  options: FitOptions,
  evaluate: Evaluate,
  validation?: Validation,
): Promise<BestSoFar> {
  const { signal } = options;
  const goesOn = isAsked(options) && session.best && isOf(session.best, nothing);
  let best = goesOn ? session.best! : nothing;
  if (!goesOn) session.best = undefined;
  if (!validation || !isAsked(options)) return best;
  // A fit may have been saved between an epoch and its validation.
  const isNews = goesOn ? best.seen < nothing.seen : session.steps > 0 || session.given > 0;
  if (isNews) {
    const [, evaluation] = await together([demandParameters(session, 'fit'), evaluate(validation.dataset, signal)]);
    best = await see(session, best, nothing.seen, evaluation, options);
  }
  session.best = best;
  return best;
}

/** With the parameters, where they are the best and to be kept. */
async function see(
  session: Session,
  before: BestSoFar,
  epoch: number,
  validation: Evaluation,
  options: BestOptions,
): Promise<BestSoFar> {
  const after = withEpoch(before, epoch, validation, options);
  if (!after.keepBest || after.best === before.best) return after;
  return { ...after, weights: await readWeights(session) };
}

/** Every parameter with its average, and what layers keep beside them. */
const readWeights = (session: Session): Promise<Tensors> =>
  session.program.readAll(storedWeights(session).map(({ name }) => name));

function restore(session: Session, kept: Tensors): void {
  writeTensors(session.program, kept);
  startAfresh(session);
}
