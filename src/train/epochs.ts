/**
 * Runs the turns of a fit: training steps, and after each epoch those of its validation. One epoch follows the other without a
 * pause: what they come to stays on the device, and is read together beside training.
 */
import { shuffleKey } from '../base/random.ts';
import { size } from '../base/tensor.ts';
import { defaultMilliseconds, queueSteps } from '../engine/run-steps.ts';
import type { StepRow } from '../graph/step-row.ts';
import type { Batches } from './batches.ts';
import { clockOf } from './clock.ts';
import { epochLog, lossesOf } from './epoch-log.ts';
import type { Feed } from './feed.ts';
import { type EndedEpoch, type FitOptions, shuffles } from './fit-options.ts';
import { updateLeft } from './loop/update.ts';
import { beforeOdd } from './on-non-finite.ts';
import type { Ongoing } from './ongoing.ts';
import { counted, giveBack, LOSSES, NOTHING, type Session, takeRow } from './session.ts';
import { inEpoch, type Span, stepsBefore, turnOf } from './span.ts';
import { slotIn } from './totals.ts';
import { traced } from './trace.ts';
import type { Validation, ValidationRun } from './validation.ts';
import { demandStep } from './verify.ts';

export interface Epochs {
  /**
   * Queues the steps from one to another, and the validation of every epoch that ends among them. Resolves when all are
   * queued, with a promise of those epochs. Rejects, as that promise does, with NonFiniteError, CheckError, DeviceLostError, or
   * the reason of the signal, which does not stop a validation after the last of the steps.
   */
  queue(from: number, to: number): Promise<{ readonly done: Promise<EndedEpoch[]> }>;
  /** Ends what is being read. */
  close(): Promise<void>;
}

/** `waited`: somebody waits for every epoch, and is told how it went before the next one begins. */
export function epochsOf(
  session: Session,
  feed: Feed,
  span: Span,
  options: FitOptions,
  waited: boolean,
  ongoing: Ongoing,
  validation?: Validation,
): Epochs {
  const { engine, checkEvery } = session;
  const { signal, millisecondsPerSubmit: milliseconds = defaultMilliseconds() } = options;
  const clock = clockOf(span);
  const log = epochLog(session, feed, span, options, clock, waited, ongoing, validation);
  const turns = turnsOf(session, feed, span, options, ongoing, validation);
  const between = () => session.tuner?.between();
  const { odd } = ongoing;
  const look = (row: StepRow) => traced(session, row, feed);
  return {
    close: turns.close,
    async queue(from, to) {
      const [end, abortable] = [turnOf(span, to), turnOf(span, to - 1) + 1];
      let turn = turnOf(span, from);
      clock.start(turn);
      for (;;) {
        const [first, step] = [turn, stepsBefore(span, turn)];
        // In stretches between steps that are taken one at a time: every n-th is checked, and odd ones are looked into or skipped.
        const free = Math.min(checkEvery - 1 - (session.steps % checkEvery), beforeOdd(odd, session.steps));
        const stretch = Math.min(to - step, free);
        turn = turnOf(span, step + stretch);
        let at = first;
        const { done } = await queueSteps(engine, {
          ...{ steps: turn - first, abortable: abortable - first, milliseconds, signal, between },
          ...{ programs: (i) => turns.programs(first + i), row: (i) => turns.row(first + i) },
          ...{ ready: (i) => turns.ready(first + i), refused: (i, rows) => turns.refused(first + i, rows) },
          onSubmit(queued, settled) {
            const since = at;
            at = first + queued;
            return log.submitted(since, at, settled);
          },
        });
        if (turn === end) return { done: done.then(log.taken) };
        await done;
        signal?.throwIfAborted();
        await turns.ready(turn);
        const number = session.steps + 1;
        const isSkipped = odd.skipped.has(number);
        if (number === odd.suspect || (isSkipped && turns.isHopeless(turn))) throw await look(turns.row(turn));
        if (isSkipped) {
          ongoing.look(undefined, true);
          log.skipped(turn, await turns.skip(turn));
        } else await demandStep(session, () => turns.row(turn), feed);
        await log.submitted(turn, turn + 1, Promise.resolve());
        turn++;
        if (turn === end) return { done: Promise.resolve(log.taken()) };
      }
    },
  };
}

/** What each turn runs, and how many of them fit into one submit. */
function turnsOf(
  session: Session,
  feed: Feed,
  span: Span,
  options: FitOptions,
  ongoing: Ongoing,
  validation?: Validation,
) {
  const { perEpoch, first, last } = span;
  const batches = batchesOf(session, feed, span, options);
  const firstEpoch = Math.floor(first / perEpoch);
  const evaluations = validation?.begin(Math.floor(last / perEpoch) - firstEpoch);
  const programs = [feed.program, session.program];
  const row = rowsOf(session, feed, span, batches);
  const most = Math.min(lossesOf(session).count, validation?.most ?? Number.POSITIVE_INFINITY);
  const isResident = !feed.isWindowed && (validation?.isResident ?? true);
  const perTurns = perEpoch + span.ofValidation;
  /** What a turn is: a step of training, or one of a validation. */
  const part = <T>(
    turn: number,
    training: (step: number) => T,
    validating: (run: ValidationRun, evaluation: number, step: number, epoch: number) => T,
  ): T => {
    const { epoch, at } = inEpoch(span, turn);
    if (at < perEpoch) return training(epoch * perEpoch + at);
    return validating(evaluations!, epoch - firstEpoch, at - perEpoch, span.before + epoch);
  };
  return {
    programs: (turn: number) =>
      part(
        turn,
        () => programs,
        () => validation!.programs,
      ),
    /** Called as the step is queued, so that the session is at no time ahead of the tensors. */
    row: (turn: number): StepRow => part(turn, row, (run, evaluation, step, epoch) => run.row(evaluation, step, epoch)),
    /** Whether a turn is the last step of an epoch whose other steps were all skipped. */
    isHopeless(turn: number): boolean {
      const { at } = inEpoch(span, turn);
      return at === perEpoch - 1 && (at === 0 || session.unfinished?.skipped?.steps === at);
    },
    /** Counts a step that is not run. Gradients that other steps have added up stay; the last step of an epoch updates with them. */
    async skip(turn: number): Promise<StepRow> {
      const isLast = inEpoch(span, turn).at === perEpoch - 1;
      const update = isLast && session.pending.steps > 0 ? await updateLeft(session) : undefined;
      const { updates, pending, unfinished } = session;
      const skipped = this.row(turn);
      if (update) await update(pending, skipped);
      else Object.assign(session, { updates, pending: skipped.begins ? NOTHING : pending });
      // The total of the epoch begins with a step that is run.
      if (skipped.begins)
        session.program.write(LOSSES, new Float32Array(size(session.program.tensors.get(LOSSES)!.shape)));
      if (session.unfinished)
        session.unfinished = {
          ...session.unfinished,
          skipped: counted(skipped.begins ? NOTHING : unfinished?.skipped, skipped),
        };
      return skipped;
    },
    /**
     * Turns with samples on the device: of not more epochs than there are slots for, or of one kind where they come there, and not
     * beyond a snapshot.
     */
    ready(turn: number): number | Promise<number> {
      const ready = part(turn, batches.ready, (run, evaluation, step) => run.ready(evaluation, step));
      const { at } = inEpoch(span, turn);
      const room = isResident ? most * perTurns - at : (at < perEpoch ? perEpoch : perTurns) - at;
      const free = Math.max(1, (at < perEpoch ? 0 : perTurns - at) + ongoing.room());
      const within = (n: number) => Math.min(n, room, free);
      return typeof ready === 'number' ? within(ready) : ready.then(within);
    },
    refused(turn: number, rows: readonly StepRow[]): void {
      giveBack(
        session,
        rows.filter((_, i) => inEpoch(span, turn + i).at < perEpoch),
      );
    },
    async close(): Promise<void> {
      await Promise.all([batches.close(options.signal), evaluations?.close(options.signal)]);
    },
  };
}

function batchesOf(session: Session, feed: Feed, { first, last, before }: Span, options: FitOptions): Batches {
  const isShuffled = options.shuffle ?? shuffles(feed.dataset);
  const keyOf = (epoch: number) => (isShuffled ? shuffleKey(session.seed, before + epoch) : undefined);
  return feed.batches({ first, last, keyOf });
}

/** The rows of training steps; the session counts them. */
function rowsOf(session: Session, { dataset }: Feed, { perEpoch }: Span, batches: Batches) {
  const losses = lossesOf(session);
  return (step: number): StepRow => {
    const i = step % perEpoch;
    if (i === 0) {
      session.epochs++;
      session.pending = NOTHING; // that of an epoch given up
    }
    const skipped = i > 0 ? session.unfinished?.skipped : undefined;
    session.unfinished = i + 1 < perEpoch ? { dataset, steps: i + 1, ...(skipped && { skipped }) } : undefined;
    for (const { steps, rate } of session.rates ?? []) if (steps === session.steps) session.learningRate = rate;
    const total = { slot: slotIn(losses, session.epochs - 1), begins: Number(i === 0) };
    return takeRow(session, { ...batches.row(step), ...total }, i === perEpoch - 1);
  };
}
