/**
 * Measures a workload: what a step asks of the device, its time over several repeats, and the GPU time of each kernel. Each
 * has a run of its own, so that none disturbs another.
 */
import { checkCount, checkKeys, checkNumber, checkSignal, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type Spread, spread } from '../base/statistics.ts';
import { type Device, isDevice } from '../engine/device.ts';
import { type Counts, countCalls } from './counting.ts';
import { type Profile, profile } from './profile.ts';
import type { Prepared, Work } from './work.ts';

/** Options of {@link measure}. */
export interface MeasureOptions {
  /** Timed runs, a positive integer. Default: 5. */
  readonly repeats?: number;
  /** Rough duration of a run in milliseconds, for workloads with short steps. Default: 1000. */
  readonly milliseconds?: number;
  /** Stops the measurement, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Result of {@link measure}. */
export interface Measurement {
  /** The workload. */
  readonly work: Work;
  /** Timed runs. */
  readonly repeats: number;
  /** Steps in each run. */
  readonly steps: number;
  /** Milliseconds per step, over the runs. */
  readonly msPerStep: Spread;
  /** Samples per second, from the median time; absent if a step has no samples. */
  readonly samplesPerSecond?: number;
  /** 10⁹ floating-point operations per second, from the median time. */
  readonly gflopPerSecond: number;
  /** What a step asks of the device. */
  readonly perStep: PerStep;
  /** GPU time of each kernel; absent if the device has no timestamp queries. */
  readonly profile?: StepProfile;
}

/** What a step asks of the device: means over a run for which everything was made before. */
export interface PerStep {
  /** Dispatches. */
  readonly dispatches: number;
  /** Submits to the queue. */
  readonly submits: number;
  /** Bytes uploaded. */
  readonly uploadedBytes: number;
  /** Buffers read back. */
  readonly readbacks: number;
  /** GPU objects made, such as buffers, bind groups and pipelines. */
  readonly objects: number;
}

/** A {@link Profile} with the tensors of each kernel. */
export interface StepProfile extends Omit<Profile, 'kernels'> {
  /** The kernels, in the order of their first dispatch. */
  readonly kernels: readonly (Profile['kernels'][number] & {
    /** Named tensors that it writes; none for a kernel that gathers a batch. */
    readonly writes: readonly string[];
  })[];
}

const EPOCH = 2000; // ms, an epoch that takes longer is cut to this or 100 steps ...
const LONGEST = 10_000; // ms, ... and on the slowest devices to this or 10 steps

/**
 * Measures a workload on a device: what a step asks of the device, its time, and the GPU time of each kernel, each in a run of
 * its own. It also rejects with whatever the workload throws.
 *
 * @throws {ArgumentError} For a value that is not a workload or not a device, or an invalid option.
 */
export async function measure(work: Work, device: Device, options: MeasureOptions = {}): Promise<Measurement> {
  checkKeys('measure', options, ['repeats', 'milliseconds', 'signal']);
  const { repeats = 5, milliseconds = 1000, signal } = options;
  if (typeof member(work, 'prepare') !== 'function')
    throw new ArgumentError(`measure: expected a workload such as matmul(1024), found ${showValue(work)}`);
  if (!isDevice(device))
    throw new ArgumentError(`measure: expected a device from openDevice(), found ${showValue(device)}`);
  checkCount('measure: repeats', repeats);
  checkNumber('measure: milliseconds', milliseconds, 'a number > 0', (value) => value > 0);
  checkSignal('measure: signal', signal);
  const counter = countCalls(device.gpu);
  let prepared: Prepared | undefined;
  try {
    prepared = await work.prepare(device);
    const time = timer(prepared, signal);
    const { unit, steps } = await sizeOf(work, milliseconds, time);
    counter.take();
    await time(unit);
    const perStep = per(unit, counter.take());
    counter.stop();
    const times: number[] = [];
    while (times.length < repeats) times.push(await time(steps));
    const msPerStep = spread(times);
    const few = Math.ceil(Math.min(100, milliseconds / 4 / msPerStep.median));
    const run = () => prepared!.run(few, signal);
    const profiled = await profile(device.gpu, run, milliseconds);
    const perSecond = 1000 / msPerStep.median;
    return {
      work,
      repeats,
      steps,
      msPerStep,
      samplesPerSecond: work.samples && work.samples * perSecond,
      gflopPerSecond: (work.flop * perSecond) / 1e9,
      perStep,
      profile: profiled && withTensors(profiled, prepared),
    };
  } finally {
    counter.stop();
    prepared?.destroy();
  }
}

/** Milliseconds per step of a run. */
function timer({ run }: Prepared, signal?: AbortSignal): (steps: number) => Promise<number> {
  return async (steps) => {
    signal?.throwIfAborted();
    const started = performance.now();
    await run(steps, signal);
    return (performance.now() - started) / steps;
  };
}

/**
 * Steps of a repeat, which are whole `unit`s, and all made ready for them. A unit is an epoch, cut short where steps are
 * slow; it is one stretch of steps where there are no epochs.
 */
async function sizeOf({ epoch }: Work, milliseconds: number, time: (steps: number) => Promise<number>) {
  const few = Math.min(10, epoch ?? 1);
  await time(few);
  const guess = await time(few);
  const unit = unitOf(epoch, guess, milliseconds);
  const perStep = await time(unit);
  const whole = epoch === undefined || unit === epoch;
  const units = whole ? Math.max(1, Math.round(milliseconds / (perStep * unit))) : 1;
  return { unit, steps: units * unit };
}

/** Steps in an epoch, or in a stretch of so many milliseconds, for steps that take about so long. */
export function unitOf(epoch: number | undefined, msPerStep: number, milliseconds: number): number {
  if (epoch === undefined) return Math.max(1, Math.round(milliseconds / msPerStep));
  const cut = Math.max(100, Math.round(EPOCH / msPerStep));
  return Math.min(epoch, cut, Math.max(10, Math.round(LONGEST / msPerStep)));
}

function per(steps: number, { dispatches, submits, uploadedBytes, maps, made }: Counts): PerStep {
  const objects = Object.values(made).reduce((sum, n) => sum + n, 0);
  const totals = { dispatches, submits, uploadedBytes, readbacks: maps, objects };
  const entries = Object.entries(totals).map(([name, total]) => [name, total / steps]);
  return Object.fromEntries(entries) as { [name in keyof typeof totals]: number };
}

function withTensors(found: Profile, { schedule }: Prepared): StepProfile {
  // Those that gather a batch; fewer kernels than steps are many whole steps in one.
  const before = found.kernels.length - schedule.dispatches.length;
  const kernels = found.kernels.map((kernel, i) => {
    const step = before < 0 ? undefined : schedule.dispatches[i - before];
    const tensors = step?.writes.map(({ tensor }) => tensor) ?? [];
    const writes = tensors.filter((name) => !name.startsWith('%')); // an intermediate nobody asks for by name
    return { ...kernel, writes };
  });
  return { ...found, kernels };
}
