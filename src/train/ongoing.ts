/**
 * A fit that can go back and go on. A snapshot of all that later steps depend on is taken beside training. After some errors the
 * net is put back to it and the rest of the fit runs again, with the same bits: a step depends on the state, the seed and its
 * number, and on nothing else.
 */
import { DeviceLostError } from '../base/errors.ts';
import { size, type Tensor } from '../base/tensor.ts';
import { initialise } from '../nn/initialisers.ts';
import { scaledRate } from '../nn/learning-rate.ts';
import { type Snapshot, storedTensors, takeSnapshot, unfolded } from './checkpoint/snapshot.ts';
import type { EndedEpoch, EpochResult, FitOptions } from './fit-options.ts';
import type { OddSteps } from './on-non-finite.ts';
import type { Session } from './session.ts';
import type { Span } from './span.ts';

/** What a fit knows beside the state of the net. It outlives going back. */
export interface Ongoing {
  /** The steps of the fit, from where the net is now. */
  spanFrom(make: () => Span): Span;
  /** Epochs that have ended, in their order, which the fit has not made results of. */
  readonly ended: EndedEpoch[];
  /** The results of those before. */
  readonly results: EpochResult[];
  /** The last epoch that `onEpoch` was told of, and whether it said to stop. */
  told: number;
  stopped: boolean;
  /** Steps that are taken one at a time. */
  readonly odd: OddSteps;
  /** The last step of the net that is known to be done. */
  lastStep: number;
  /**
   * Takes a snapshot, if it is time for one, of the net after what was queued last. It is gone back to once `seen` has resolved:
   * what is read of the steps before it. `now` makes it time.
   */
  look(seen?: Promise<unknown>, now?: boolean): void;
  /** Steps up to the next snapshot; infinity unless the interval is in steps. */
  room(): number;
}

/**
 * How to get over an error of a fit: puts the net back to a snapshot, so that the fit can go on, and rejects where it cannot.
 * Undefined for an error that ends the fit.
 */
export type Remedy = (error: unknown, to: Snapshot, ongoing: Ongoing) => (() => Promise<void>) | undefined;

/** Seconds between snapshots, at least, and how many times as long as one takes. */
const [SECONDS, TIMES] = [10, 50];

/**
 * Runs a fit. After an error that one of the remedies gets over, runs the rest of it again from the last snapshot. The fit begins
 * with whatever state the session has then.
 */
export async function goOn<T>(
  session: Session,
  { recover }: FitOptions,
  remedies: readonly Remedy[],
  fit: (ongoing: Ongoing) => Promise<T>,
): Promise<T> {
  const begun = { ...session };
  const every = typeof recover === 'object' ? recover.snapshot : undefined;
  const snapshots = snapshotsOf(session, every ?? {});
  let span: Span | undefined;
  /** Steps of the span that are done. */
  const done = (): number => span!.first + session.steps - begun.steps;
  const ongoing: Ongoing = {
    ...{ ended: [], results: [], told: 0, stopped: false, lastStep: begun.steps },
    odd: { skipped: new Set() },
    look: remedies.length > 0 ? snapshots.look : () => {},
    room: snapshots.room,
    spanFrom(make) {
      span ??= make();
      return { ...span, first: done() };
    },
  };
  const before = kept.get(session);
  if (before && isOf(before, session)) snapshots.begin({ ...before, session: begun });
  /** How to go back after an error, if anything gets over it. */
  const wayBack = (error: unknown): (() => Promise<void>) | undefined => {
    const to = remedies.length > 0 ? (snapshots.last ?? initial(begun)) : undefined;
    const back = to && remedies.map((remedy) => remedy(error, to, ongoing)).find(Boolean);
    return (
      back &&
      (async () => {
        snapshots.begin(to); // also where there is another error on the way
        await back();
        snapshots.begin(to);
        ongoing.lastStep = session.steps;
        const completed = span ? Math.floor(done() / span.perEpoch) : 0;
        ongoing.ended.splice(Math.max(0, completed - ongoing.results.length));
        ongoing.results.splice(completed);
      })
    );
  };
  session.rates = [];
  ongoing.look();
  try {
    for (let back: ReturnType<typeof wayBack>; ; ) {
      let fitted: { readonly result: T } | undefined;
      try {
        if (back) await back(); // the first time, the data are taken before anything is awaited
        fitted = { result: await fit(ongoing) };
        if (remedies.length > 0) kept.set(session, await takeSnapshot(session));
        return fitted.result;
      } catch (error) {
        back = wayBack(error);
        if (back) continue;
        // A fit that is done resolves, even if its last snapshot fails.
        if (fitted) return fitted.result;
        throw error;
      }
    }
  } finally {
    session.rates = undefined;
  }
}

/** Makes a loss of the device say how far the fit was. */
export function telling<T>(ongoing: Ongoing, work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    if (!(error instanceof DeviceLostError)) throw error;
    const { message, reason, cause = error } = error;
    throw new DeviceLostError(message, { reason, cause, lastStep: ongoing.lastStep });
  });
}

/** Multiplies the learning rate of a snapshot, and those set since, by a factor. */
export function slower({ rates = [] }: Session, { session }: Snapshot, by: number): void {
  session.learningRate = scaledRate(session.learningRate, by);
  for (const set of rates) set.rate *= by;
}

/** What nets were when their last fit had ended, from which the next one can go on if the device is lost in between. */
const kept = new WeakMap<Session, Snapshot>();

/** Whether nothing has changed the net since. */
const isOf = ({ session: { steps, given, program } }: Snapshot, now: Session): boolean =>
  steps === now.steps && given === now.given && program === now.program;

/** The last snapshot of a net, and when it is time for another. */
function snapshotsOf(session: Session, every: Partial<Record<'seconds' | 'steps', number>>) {
  let last: Snapshot | undefined;
  let takes: symbol | undefined;
  /** Steps, milliseconds and the length of the last one. */
  let [steps, time, took] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const { steps: first } = session;
  const isDue = (): boolean => {
    if (every.steps) return session.steps > steps && (session.steps - first) % every.steps === 0;
    const pause = every.seconds ? 1000 * every.seconds : Math.max(1000 * SECONDS, TIMES * took);
    return performance.now() - time >= pause;
  };
  return {
    get last() {
      return last;
    },
    /** The net is at this one now. A snapshot still under way is discarded. */
    begin(at: Snapshot): void {
      last = at;
      takes = undefined;
      [steps, time] = [session.steps, performance.now()];
    },
    room(): number {
      if (!every.steps) return Number.POSITIVE_INFINITY;
      return !takes && isDue() ? 0 : every.steps - ((session.steps - first) % every.steps);
    },
    look(seen?: Promise<unknown>, now = isDue()): void {
      if (takes || !now) return;
      const mine = Symbol();
      takes = mine;
      [steps, time] = [session.steps, performance.now()];
      const over = (taken?: Snapshot): void => {
        if (takes !== mine) return;
        takes = undefined;
        took = performance.now() - time;
        last = taken ?? last;
      };
      Promise.all([takeSnapshot(session), seen]).then(
        ([taken]) => over(taken),
        () => over(), // whoever trains is told why
      );
    },
  };
}

/** A net as `compile` made it: what it was before the first snapshot. Undefined where its weights are others. */
function initial(begun: Session): Snapshot | undefined {
  const { steps, given, parameters, seed } = begun;
  if (steps > 0 || given) return undefined;
  const drawn = new Map(parameters.map(({ key, init, shape }, i) => [key, initialise(init, shape, seed, i)]));
  const stored = storedTensors(begun);
  const tensors = stored.map(({ key, begins = key, shape }): [string, Tensor] => [
    key,
    { shape, data: drawn.get(begins) ?? new Float32Array(size(shape)) },
  ]);
  return { session: begun, stored, tensors: Object.fromEntries(tensors) };
}

/** What a net runs on: not part of its state. */
export type Running = Pick<
  Session,
  'task' | 'engine' | 'device' | 'choices' | 'program' | 'parameters' | 'tuner' | 'rates'
>;

export const runningOn = ({ task, engine, device, choices, program, parameters, tuner, rates }: Session): Running => ({
  ...{ task, engine, device, choices, program, parameters, tuner, rates },
});

/** What a snapshot may lack. */
const NOTHING: Partial<Session> = { unfinished: undefined, best: undefined, finiteAt: undefined, data: undefined };

/** Puts a net back to a snapshot: on what it runs on, or on something else. `ready` may still refuse, before the net changes. */
export async function goBack(
  session: Session,
  { session: at, stored, tensors }: Snapshot,
  on = runningOn(session),
  ready: () => void = () => {},
): Promise<void> {
  for (const tensor of stored) on.program.write(tensor.name, unfolded(tensor, tensors[tensor.key].data, at));
  await on.engine.settled();
  ready();
  Object.assign(session, NOTHING, at, on);
}
