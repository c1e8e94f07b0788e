/** What the page knows of its net. Components read these signals; events of the lab and actions set them. */
import { batch, computed, signal } from '@preact/signals';
import type { Tensor } from 'retrograd';
import { type Config, fromHash } from '../../config.ts';
import type { Curves, Evaluated, Machine, Prepared, Preparing, Progress, Sample, Status } from '../../lab/protocol.ts';
import { settingsOf } from '../tabs/open-tab.ts';
import { troubleOf } from '../training/trouble.ts';

export const config = signal<Config>(fromHash(settingsOf('digits')));
export const machine = signal<Machine>();
export const status = signal<Status>('opening');
export const prepared = signal<Prepared>();
export const progress = signal<Progress>();
/** Every progress and evaluation since the net was made, for the charts. */
export const losses = signal<readonly Progress[]>([]);
export const evaluations = signal<readonly Evaluated[]>([]);
/** W1 [units, 784] */
export const firstLayer = signal<Tensor>();
/** What the net computes of the subject: a1 [units, 1], W2 [out, in], ..., prediction [10, 1]. */
export const activity = signal<Readonly<Record<string, Tensor>>>();
/** How far the net is that is being prepared. */
export const preparing = signal<Preparing>();
/** Up to where the net is that of an earlier visit. */
export const restored = signal<Evaluated>();
/** Why this browser does not keep the run, if it does not. */
export const unkept = signal<string>();
/** The step at which the learning rate was set. */
export const rateSince = signal(0);
export const download = signal<{ readonly file: string; readonly received: number; readonly total?: number }>();
export const problem = signal<Problem>();
/** How often training has gone on with another device, and from which step the last time. */
export const recoveries = signal<{ readonly count: number; readonly step: number }>();
/** Why the device went, and what is still there. */
export const loss = signal<{ readonly message: string; readonly held?: Evaluated }>();
/** The image that is looked at, in the picture of the network and in the microscope. */
export const subject = signal<Subject>();

export interface Problem {
  /** The name of the error class: 'DataError'. */
  readonly name: string;
  readonly message: string;
}

export interface Subject extends Sample {
  /** 'test sample 123', 'your drawing' */
  readonly title: string;
}

export const latest = computed(() => evaluations.value.at(-1));
/** Steps that the net has been trained for, as far as it is known here: a pause ends with an evaluation. */
export const stepNow = computed(() => Math.max(latest.value?.step ?? 0, progress.value?.step ?? 0));
export const isTraining = computed(() => status.value === 'running');
/** Whether there is a net that can be worked with. */
export const isReady = computed(() => status.value === 'running' || status.value === 'paused');
/** What speaks against the run as it is. */
export const trouble = computed(() =>
  isReady.value
    ? troubleOf({ config: config.value, evaluations: evaluations.value, rateSince: rateSince.value })
    : undefined,
);

/** Drops what was measured after a step, from which training goes on. */
export function goBackTo(step: number): void {
  batch(() => {
    losses.value = losses.value.filter((point) => point.step <= step);
    progress.value = losses.value.at(-1);
    evaluations.value = evaluations.value.filter((point) => point.step <= step);
  });
}

/** Drops what was measured on a net that is gone. */
export function forget(): void {
  batch(() => {
    progress.value = undefined;
    losses.value = [];
    evaluations.value = [];
    restored.value = undefined;
    rateSince.value = 0;
    activity.value = undefined;
    recoveries.value = undefined;
  });
}

/** Takes the curves of an earlier visit, which end where the net goes on. */
export function takeBack(curves: Curves): void {
  batch(() => {
    losses.value = curves.losses;
    progress.value = curves.losses.at(-1);
    evaluations.value = curves.evaluations;
    restored.value = curves.evaluations.at(-1);
    rateSince.value = restored.value?.step ?? 0;
  });
}

/** Clears what went wrong. */
export function forgive(): void {
  batch(() => {
    problem.value = undefined;
    loss.value = undefined;
  });
}

/** Shows what went wrong; but a lost device is told of once, by its own event. */
export function fail(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'DeviceLostError') return;
  problem.value = { name, message };
}
