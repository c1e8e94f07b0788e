/**
 * Trains the steps of a fit. One epoch follows the other without a pause: their losses stay on the device, and are read
 * together beside training.
 */
import { shuffleKey } from '../base/random.ts';
import { defaultMilliseconds, queueSteps } from '../engine/run-steps.ts';
import { parameter } from '../graph/leaf.ts';
import type { StepRow } from '../graph/step-row.ts';
import { valuesOfTotal } from '../ops/total.ts';
import type { Batches } from './batches.ts';
import type { Feed } from './feed.ts';
import { demandFinite } from './finite.ts';
import { type EpochResult, type FitOptions, shuffles } from './fit-options.ts';
import { giveBack, LOSSES, NOTHING, type Session, slotOf, takeRow } from './session.ts';
import { type Span, samplesIn } from './span.ts';
import { demandStep } from './verify.ts';

/** What an epoch came to, as far as training goes. */
export type TrainedEpoch = Omit<EpochResult, 'validation' | 'best'>;

export interface Epochs {
  /**
   * Queues the steps from one to another. Resolves when all are queued, with a promise of the epochs that end among them.
   * Rejects, as that promise does, with NonFiniteError, CheckError, DeviceLostError or the reason of the signal.
   */
  queue(from: number, to: number): Promise<{ readonly done: Promise<TrainedEpoch[]> }>;
  /** Starts the clock again, after something else than training. */
  resume(step: number): void;
  /** Ends what is being read. */
  close(): Promise<void>;
}

/** `waited`: somebody waits for every epoch, and is told how it went before the next one begins. */
export function epochsOf(session: Session, feed: Feed, span: Span, options: FitOptions, waited: boolean): Epochs {
  const { engine, program, checkEvery } = session;
  const { signal, millisecondsPerSubmit: milliseconds = defaultMilliseconds() } = options;
  const log = lossLog(session, feed, span, options, waited);
  const isShuffled = options.shuffle ?? shuffles(feed.dataset);
  const keyOf = (epoch: number) => (isShuffled ? shuffleKey(session.seed, span.before + epoch) : undefined);
  const batches = feed.batches({ first: span.first, last: span.last, keyOf });
  const { row, roomAt } = rowsOf(session, feed, span, batches);
  const programs = [feed.program, program];
  const refused = (rows: readonly StepRow[]): void => giveBack(session, rows);
  const between = () => session.tuner?.between();
  return {
    resume: log.resume,
    close: () => batches.close(signal),
    async queue(from, to) {
      // Where every n-th step is checked, in stretches between those.
      for (let start = from; ; start++) {
        const first = start;
        const stretch = Math.min(to - start, checkEvery - 1 - (session.steps % checkEvery));
        let at = start;
        const { done } = await queueSteps(engine, programs, {
          ...{ steps: stretch, row: (i) => row(first + i), ready: (i) => roomAt(first + i) },
          ...{ milliseconds, signal, between, refused },
          onSubmit(queued) {
            const since = at;
            at = first + queued;
            return log.submitted(since, at);
          },
        });
        start += stretch;
        if (start === to) return { done: done.then(log.taken) };
        await done;
        signal?.throwIfAborted();
        await batches.ready(start);
        await demandStep(session, () => row(start), feed);
        await log.submitted(start, start + 1);
        if (start + 1 === to) return { done: Promise.resolve(log.taken()) };
      }
    },
  };
}

/** The rows of the steps of a span, and how many of them fit into one submit. */
function rowsOf(session: Session, { dataset }: Feed, { perEpoch }: Span, batches: Batches) {
  const slots = slotsIn(session);
  return {
    /** Called as the step is queued, so that the session is at no time ahead of the tensors. */
    row(step: number): StepRow {
      const i = step % perEpoch;
      if (i === 0) {
        session.epochs++;
        session.pending = NOTHING; // that of an epoch given up
      }
      session.unfinished = i + 1 < perEpoch ? { dataset, steps: i + 1 } : undefined;
      const total = { slot: slotOf(session, slots), begins: Number(i === 0) };
      return takeRow(session, { ...batches.row(step), ...total }, i === perEpoch - 1);
    },
    /** Steps with samples on the device, of not more epochs than there are slots for. */
    roomAt(step: number): number | Promise<number> {
      const most = slots * perEpoch - (step % perEpoch);
      const ready = batches.ready(step);
      return typeof ready === 'number' ? Math.min(ready, most) : ready.then((n) => Math.min(n, most));
    },
  };
}

/** Slots of `lossTotal`: epochs that one read can tell. */
const slotsIn = ({ program }: Session): number => program.tensors.get(LOSSES)!.shape[0] / 2;

/** Milliseconds from one look at the parameters to the next, where nobody waits for an epoch. */
const LOOK = 1000;
/** Milliseconds from one report to the next. */
const REPORT = 100;
/** Milliseconds that steps take at least: the clock of a page may stand still for so long. */
const TICK = 0.1;

/** What is read beside training: the losses of epochs, for their results and for progress, and whether all is finite. */
function lossLog(session: Session, feed: Feed, span: Span, options: FitOptions, waited: boolean) {
  const { program, task } = session;
  const { onProgress, signal } = options;
  const { last, perEpoch, epochs, before } = span;
  const { count } = feed.dataset;
  const parameters = program.graph.nodes.filter(({ op, name }) => op === parameter && program.tensors.has(name));
  const names = parameters.map(({ name }) => name);
  const slots = slotsIn(session);
  const samples = (steps: number): number => samplesIn(span, feed.dataset, task.batch, steps);
  const startOf = (epoch: number): number => Math.max((epoch - 1) * perEpoch, span.first);
  let mark = { step: span.first, time: performance.now() };
  let [looked, reported] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let reads: Promise<unknown> = Promise.resolve();
  let results: TrainedEpoch[] = [];

  const secondsSince = (time: number): number => Math.max(time - mark.time, TICK) / 1000;
  const totalsIn = (values: Float32Array) => {
    const length = values.length / slots;
    return (epoch: number): number => {
      const at = slotOf({ epochs: before + epoch }, slots) * length;
      return valuesOfTotal(values.subarray(at, at + length)).reduce((sum, x) => sum + x, 0);
    };
  };
  /** Reports the epoch that the step before this one belongs to. */
  const report = (step: number, totalOf: (epoch: number) => number, seconds: number): void => {
    const epoch = Math.ceil(step / perEpoch);
    const samplesPerSecond = (samples(step) - samples(mark.step)) / seconds;
    const loss = totalOf(epoch) / (samples(step) - samples((epoch - 1) * perEpoch));
    const secondsLeft = (samples(last) - samples(step)) / samplesPerSecond;
    const position = { epoch, epochs, step: step - (epoch - 1) * perEpoch, steps: perEpoch };
    onProgress!({ ...position, loss, samplesPerSecond, secondsLeft });
  };
  /** The time since the mark, shared by the steps since then. */
  const finish = (ended: readonly number[], to: number, totalOf: (epoch: number) => number, time: number): void => {
    const perStep = secondsSince(time) / (to - mark.step);
    for (const epoch of ended) {
      const end = epoch * perEpoch;
      const seconds = perStep * (end - Math.max(startOf(epoch), mark.step));
      const samplesPerSecond = (samples(end) - samples(startOf(epoch))) / seconds;
      results.push({ epoch, trainLoss: totalOf(epoch) / count, seconds, samplesPerSecond });
    }
    const end = ended[ended.length - 1] * perEpoch;
    mark = { step: end, time: time - 1000 * perStep * (to - end) };
  };

  return {
    resume(step: number): void {
      mark = { step, time: performance.now() };
    },
    /** The epochs that ended since this was last asked for. */
    taken(): TrainedEpoch[] {
      const ended = results;
      results = [];
      return ended;
    },
    /** After the steps from one to another are queued. Resolves when what has to be read after them was seen. */
    submitted(from: number, to: number): Promise<unknown> | undefined {
      const first = Math.floor(from / perEpoch) + 1;
      const ended = Array.from({ length: Math.floor(to / perEpoch) + 1 - first }, (_, i) => first + i);
      const now = performance.now();
      const isEnd = to === last || (waited && ended.length > 0);
      const reports = onProgress && (isEnd || now - reported >= REPORT);
      const looks = isEnd || (ended.length > 0 && now - looked >= LOOK);
      if (!reports && !looks && ended.length === 0) return undefined;
      if (reports) reported = now;
      if (looks) looked = now;
      const { steps } = session;
      const read = program.readAll([LOSSES, ...(looks ? names : [])]);
      reads = Promise.all([read, reads]).then(async ([tensors]) => {
        const time = performance.now();
        const totalOf = totalsIn(tensors.get(LOSSES)!);
        if (reports && !signal?.aborted) report(to, totalOf, secondsSince(time));
        const means: number[] = [];
        for (let epoch = first; epoch <= (isEnd ? Math.ceil : Math.floor)(to / perEpoch); epoch++) {
          const end = Math.min(epoch * perEpoch, to);
          means.push(totalOf(epoch) / (samples(end) - samples((epoch - 1) * perEpoch)));
        }
        const told = means.find((mean) => !Number.isFinite(mean)) ?? means[0];
        if (told !== undefined) await demandFinite(session, told, tensors);
        if (looks) session.finiteAt = steps;
        if (ended.length > 0) finish(ended, to, totalOf, time);
      });
      return reads;
    },
  };
}
