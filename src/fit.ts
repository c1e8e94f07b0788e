/** The training loop over a data set. */
import type { Dataset } from './data/dataset.ts';
import { defaultMilliseconds, drive } from './drive.ts';
import { ArgumentError } from './errors.ts';
import { type Evaluation, readSum } from './evaluate.ts';
import { batchRow, type Feed } from './feed.ts';
import { shown } from './finite.ts';
import { shuffleKey } from './random.ts';
import { checkCount, type Session, takeRow } from './session.ts';
import { demandFinite, demandStep, readParameters } from './verify.ts';

export interface FitOptions {
  epochs: number;
  /** Evaluated after every epoch. */
  validation?: Dataset;
  /** A new seeded order every epoch; true unless given. */
  shuffle?: boolean;
  onProgress?(progress: Progress): void;
  onEpoch?(result: EpochResult): void;
  /** Stops between two submits; `fit` then rejects with the signal's reason and the net stays usable. */
  signal?: AbortSignal;
  /** Work per submit; 15 in a browser, 50 in Node unless given. */
  millisecondsPerSubmit?: number;
}

export interface Progress {
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch, and steps in an epoch. */
  readonly step: number;
  readonly steps: number;
  /** Mean per sample over this epoch so far. */
  readonly loss: number;
  readonly samplesPerSecond: number;
  /** Until the last epoch ends, validation left out. */
  readonly secondsLeft: number;
}

export interface EpochResult {
  readonly epoch: number;
  /** Mean per sample over the epoch, each batch as it was before its update. */
  readonly trainLoss: number;
  readonly validation?: Evaluation;
  /** Of training, without the validation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

/** Throws ArgumentError for options that no run could follow. */
export function checkFit(options: FitOptions): void {
  checkCount(options?.epochs, 'fit: epochs');
  const { millisecondsPerSubmit: ms } = options;
  if (ms !== undefined && !(typeof ms === 'number' && ms > 0)) {
    throw new ArgumentError(`fit: millisecondsPerSubmit must be a number > 0, found ${shown(ms)}`);
  }
}

/** One epoch; `epoch` counts from 1 within this fit. Throws NonFiniteError, CheckError, DeviceLostError. */
export async function trainEpoch(
  session: Session,
  feed: Feed,
  epoch: number,
  options: FitOptions,
): Promise<Omit<EpochResult, 'validation'>> {
  const { program, network, seed } = session;
  const { count } = feed.dataset;
  const key = shuffleKey(seed, session.epochs++);
  const shuffled = Number(options.shuffle ?? true);
  const progress = reporter(session, count, epoch, options);
  program.clear('lossTotal');
  try {
    await runSteps(session, feed, {
      steps: Math.ceil(count / network.batch),
      row: (i) => takeRow(session, { ...batchRow(feed.dataset, network.batch, i), key, shuffled }),
      milliseconds: options.millisecondsPerSubmit ?? defaultMilliseconds(),
      signal: options.signal,
      between: () => session.tuner?.between(),
      onSubmit: progress.submitted,
    });
  } catch (error) {
    progress.end();
    throw error;
  }
  await progress.finished();
  const [total, parameters] = await Promise.all([readSum(program, 'lossTotal'), readParameters(program)]);
  await demandFinite(session, total, parameters);
  const seconds = progress.seconds();
  return { epoch, trainLoss: total / count, seconds, samplesPerSecond: count / seconds };
}

/** All steps of an epoch; where every n-th is checked, in stretches between those. */
async function runSteps(session: Session, feed: Feed, options: Parameters<typeof drive>[2]): Promise<void> {
  const { engine, program, checkEvery } = session;
  const { steps, row, signal, onSubmit } = options;
  for (let start = 0; start < steps; start++) {
    const from = start;
    const stretch = Math.min(steps - start, checkEvery - 1 - (session.steps % checkEvery));
    await drive(engine, [feed.program, program], {
      ...options,
      steps: stretch,
      row: (i) => row(from + i),
      onSubmit: (done) => onSubmit?.(from + done),
    });
    start += stretch;
    if (start === steps) break;
    signal?.throwIfAborted();
    await demandStep(session, row(start), feed);
    onSubmit?.(start + 1);
  }
}

/** Tells `onProgress` about ten times a second, from a total that is read while training goes on. */
function reporter({ program, network }: Session, count: number, epoch: number, { epochs, onProgress }: FitOptions) {
  const started = performance.now();
  const steps = Math.ceil(count / network.batch);
  const seconds = () => (performance.now() - started) / 1000;
  let running: Promise<void> | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  const report = async (step: number): Promise<void> => {
    const total = await readSum(program, 'lossTotal');
    const samples = Math.min(step * network.batch, count);
    const samplesPerSecond = samples / seconds();
    if (ended) return;
    const secondsLeft = (count * (epochs - epoch + 1) - samples) / samplesPerSecond;
    onProgress!({ epoch, epochs, step, steps, loss: total / samples, samplesPerSecond, secondsLeft });
  };
  return {
    seconds,
    /** After this nobody is told anything. */
    end(): void {
      ended = true;
    },
    /** When the last report, that of the whole epoch, is out. */
    async finished(): Promise<void> {
      await running;
      if (failure) throw failure.error;
      if (onProgress) await report(steps);
    },
    submitted(step: number): void {
      if (failure) throw failure.error;
      if (!onProgress || running || step === steps || performance.now() - last < 100) return;
      last = performance.now();
      running = report(step)
        .catch((error) => {
          failure = { error };
        })
        .finally(() => {
          running = undefined;
        });
    },
  };
}
