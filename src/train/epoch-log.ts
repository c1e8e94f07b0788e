/** What is read beside training: what epochs come to, for their results and for progress, and whether all is finite. */
import { FLAGS } from '../engine/engine.ts';
import { slotsIn } from '../graph/storage.ts';
import { valuesOfTotal } from '../ops/total.ts';
import type { Clock } from './clock.ts';
import type { Evaluation } from './evaluate.ts';
import type { Feed } from './feed.ts';
import { demandFinite } from './finite.ts';
import type { EndedEpoch, FitOptions, Progress } from './fit-options.ts';
import type { Ongoing } from './ongoing.ts';
import { type Batch, type Counted, counted, LOSSES, NOTHING, type Session } from './session.ts';
import { inEpoch, type Span, samplesIn, stepsBefore } from './span.ts';
import { type Ring, sumOf, totalsIn, wantedOf } from './totals.ts';
import type { Validation } from './validation.ts';

/** The losses of epochs: those of epoch i of the net, counted from 0, are number i. */
export const lossesOf = ({ program }: Session): Ring => ({
  ...{ program, names: [LOSSES], first: 0, count: slotsIn(program.graph, LOSSES) },
});

export interface EpochLog {
  /** After some turns are queued, with a promise for the end of them. Resolves when what has to be read after them was seen. */
  submitted(from: number, to: number, settled: Promise<unknown>): Promise<unknown>;
  /** Before that, of a turn whose step was counted and not run. */
  skipped(turn: number, row: Batch): void;
  /** The epochs that ended since this was last asked for. */
  taken(): EndedEpoch[];
}

/** `waited`: somebody waits for every epoch. Inside, epochs are counted from 0 within the fit. */
export function epochLog(
  session: Session,
  feed: Feed,
  span: Span,
  options: FitOptions,
  clock: Clock,
  waited: boolean,
  ongoing: Ongoing,
  validation?: Validation,
): EpochLog {
  const { onProgress, signal } = options;
  const skips = options.onNonFinite === 'skip';
  const { perEpoch, before } = span;
  const samples = (steps: number): number => samplesIn(span, feed.dataset, session.task.batch, steps);
  const resultOf = resultsOf(span, clock, samples);
  const reportOf = reportsOf(span, clock, samples);
  const read = readerOf(session, span, validation);
  const { unfinished } = session;
  const isWithin = span.first % perEpoch > 0;
  const skipped = new Map([[Math.floor(span.first / perEpoch), isWithin ? unfinished?.skipped : undefined]]);
  const skippedIn = (epoch: number): Counted => skipped.get(epoch) ?? NOTHING;
  const due = dueIn(span, Boolean(onProgress), waited);
  let seen: Promise<unknown> = Promise.resolve();
  /** No snapshot is taken within a validation, at the end, or of an epoch that somebody waits for and has not seen. */
  const keep = (turn: number): void => {
    const { at } = inEpoch(span, turn);
    const isBetween = at < perEpoch && !(waited && at === 0);
    if (isBetween && stepsBefore(span, turn) < span.last) ongoing.look(seen);
  };
  return {
    skipped(turn, row) {
      const { epoch } = inEpoch(span, turn);
      skipped.set(epoch, counted(skippedIn(epoch), row));
    },
    taken: () => ongoing.ended.splice(0),
    submitted(from, to, settled) {
      const { steps } = session;
      const timed = settled.then(() => {
        clock.advance(to);
        ongoing.lastStep = steps;
      });
      const [first, ended] = [from, to].map((turn) => inEpoch(span, turn).epoch);
      const reports = due(from, to);
      const trained = stepsBefore(span, to);
      const begun = Math.ceil(trained / perEpoch);
      const reading = read(first, begun, ended, reports);
      seen = Promise.all([reading, timed, seen]).then(async ([{ flags, lossOf, validationOf }]) => {
        await demandFinite(session, steps, flags);
        const summed = (epoch: number): number =>
          samples(Math.min((epoch + 1) * perEpoch, trained)) - samples(epoch * perEpoch) - skippedIn(epoch).samples;
        const meanOf = (epoch: number): number => lossOf(epoch) / summed(epoch);
        const isTold = reports && summed(begun - 1) > 0 && !signal?.aborted;
        if (isTold) onProgress!(reportOf(trained, meanOf(begun - 1)));
        for (let epoch = first; epoch < ended; epoch++) {
          const more = skips ? { skipped: skippedIn(epoch).steps } : {};
          ongoing.ended.push({ ...resultOf(epoch, meanOf(epoch), validationOf?.(before + epoch)), ...more });
        }
      });
      keep(to);
      return seen;
    },
  };
}

/** Milliseconds from one report to the next. */
const REPORT = 100;

/** Whether a report is due after some turns. */
function dueIn(span: Span, isTold: boolean, waited: boolean) {
  const { last, perEpoch } = span;
  let reported = Number.NEGATIVE_INFINITY;
  return (from: number, to: number): boolean => {
    const now = performance.now();
    const [before, trained] = [stepsBefore(span, from), stepsBefore(span, to)];
    const hasTrained = Math.floor(trained / perEpoch) > Math.floor(before / perEpoch);
    const isTime = trained === last || (waited && hasTrained) || now - reported >= REPORT;
    const reports = isTold && trained > before && isTime;
    if (reports) reported = now;
    return reports;
  };
}

/**
 * Reads in one copy the flags of all steps so far; the losses of the epochs from `first` on, before `begun`, where an epoch ended
 * or one is reported; and the validations of those before `ended`.
 */
function readerOf(session: Session, { before }: Span, validation?: Validation) {
  const { program, engine } = session;
  const losses = lossesOf(session);
  return async (first: number, begun: number, ended: number, reports: boolean) => {
    const spent = [before + first, before + begun - 1] as const;
    const validated = [before + first, before + ended - 1] as const;
    const wanted = [
      [{ program, name: FLAGS }],
      ended > first || reports ? wantedOf(losses, ...spent) : [],
      ended > first && validation ? validation.wanted(...validated) : [],
    ];
    const read = await engine.read(wanted.flat());
    const [[flags], ofLosses, ofValidation] = wanted.map((some) => read.splice(0, some.length));
    const lossIn = totalsIn(losses, ...spent, ofLosses);
    return {
      flags,
      lossOf: (epoch: number): number => sumOf(valuesOfTotal(lossIn(before + epoch)[0])),
      /** Throws as `evaluateOn` does. */
      validationOf: validation?.found(...validated, ofValidation),
    };
  };
}

function resultsOf(span: Span, clock: Clock, samples: (steps: number) => number) {
  const { first, perEpoch } = span;
  return (epoch: number, trainLoss: number, validation?: Evaluation): EndedEpoch => {
    const [start, end] = [epoch * perEpoch, (epoch + 1) * perEpoch];
    const seconds = clock.secondsOf(epoch);
    const samplesPerSecond = (samples(end) - samples(Math.max(start, first))) / seconds;
    const trained = { epoch: epoch + 1, trainLoss: trainLoss, seconds, samplesPerSecond };
    return validation ? { ...trained, validation } : trained;
  };
}

/** Reports of the epoch that the step before this one belongs to. */
function reportsOf(span: Span, clock: Clock, samples: (steps: number) => number) {
  const { first, last, perEpoch, epochs } = span;
  return (step: number, loss: number): Progress => {
    const epoch = Math.ceil(step / perEpoch);
    const start = (epoch - 1) * perEpoch;
    const samplesPerSecond = (samples(step) - samples(Math.max(start, first))) / clock.secondsOf(epoch - 1);
    const secondsLeft = (samples(last) - samples(step)) / samplesPerSecond;
    return { epoch, epochs, step: step - start, steps: perEpoch, loss, samplesPerSecond, secondsLeft };
  };
}
