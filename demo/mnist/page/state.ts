/** What the page knows, as signals, and what it can ask for. Components read the one and call the other. */
import { batch, computed, effect, signal } from '@preact/signals';
import { proxy, type Remote, wrap } from 'comlink';
import type { Tensor } from 'retrograd';
import { type Config, fromHash, isChoice, toHash, usualOnCpu } from '../config.ts';
import { bounds, keyOf } from '../lab/kept.ts';
import type {
  Curves,
  DataSummary,
  Evaluated,
  Lab,
  LabEvent,
  Machine,
  Prepared,
  Preparing,
  Progress,
  Sample,
  Status,
} from '../lab/protocol.ts';
import { troubleOf } from './training/trouble.ts';

export const config = signal<Config>(fromHash(location.hash));
export const machine = signal<Machine>();
export const status = signal<Status>('opening');
export const prepared = signal<Prepared>();
export const progress = signal<Progress>();
/** Every progress and evaluation since the net was made, for the charts. */
export const losses = signal<readonly Progress[]>([]);
export const evaluations = signal<readonly Evaluated[]>([]);
/** W1 [units, 784] */
export const firstLayer = signal<Tensor>();
/** How far the net is that is being prepared. */
export const preparing = signal<Preparing>();
/** Up to where the net is that of an earlier visit. */
export const restored = signal<Evaluated>();
/** The step at which the learning rate was set. */
export const rateSince = signal(0);
export const download = signal<{ readonly file: string; readonly received: number; readonly total?: number }>();
export const problem = signal<Problem>();
/** Why the device went, and what is still there. */
export const loss = signal<{ readonly message: string; readonly held?: Evaluated }>();
/** What the microscope looks at. */
export const subject = signal<Subject>();

export interface Problem {
  /** Of the error class: 'DataError'. */
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
/** What speaks against the run as it is. */
export const trouble = computed(() =>
  isReady.value
    ? troubleOf({ config: config.value, evaluations: evaluations.value, rateSince: rateSince.value })
    : undefined,
);
/** Whether there is a net that can be worked with. */
export const isReady = computed(() => status.value === 'running' || status.value === 'paused');

const worker = new Worker(new URL('../lab/worker.ts', import.meta.url), { type: 'module' });
export const lab: Remote<Lab> = wrap<Lab>(worker);
worker.addEventListener('error', ({ message }) => fail(new Error(message || 'the worker failed to start')));

/** With one more point; where there are as many as are kept, every other one goes. */
const withPoint = <T>(points: readonly T[], point: T, most: number): readonly T[] => [
  ...(points.length >= most ? points.filter((_, i) => i % 2 === 0) : points),
  point,
];

function hear(event: LabEvent): void {
  switch (event.kind) {
    case 'status':
      status.value = event.status;
      preparing.value = undefined;
      if (event.status === 'paused') keepSoon();
      // What the net before told last may have come after it was forgotten.
      if (event.status === 'preparing' && !goesOn) forget();
      break;
    case 'preparing':
      preparing.value = event.preparing;
      break;
    case 'restored':
      takeBack(event.curves);
      break;
    case 'progress':
      progress.value = event.progress;
      losses.value = withPoint(losses.value, event.progress, bounds.losses);
      break;
    case 'evaluated':
      evaluations.value = withPoint(evaluations.value, event.evaluated, bounds.evaluations);
      if (isReady.value) keepSoon(); // single steps too, which change no status
      break;
    case 'weights':
      firstLayer.value = event.weights;
      break;
    case 'download':
      download.value = event;
      break;
    case 'problem':
      problem.value = event;
      break;
    case 'lost':
      loss.value = event;
      break;
  }
}

/** Whether the next net goes on where the one before stopped, and so with its charts. */
let goesOn = false;

/** What was measured on a net that is no more. */
function forget(): void {
  batch(() => {
    progress.value = undefined;
    losses.value = [];
    evaluations.value = [];
    restored.value = undefined;
    rateSince.value = 0;
  });
}

/** The curves of an earlier visit, which end where the net goes on. */
function takeBack(curves: Curves): void {
  batch(() => {
    losses.value = curves.losses;
    progress.value = curves.losses.at(-1);
    evaluations.value = curves.evaluations;
    restored.value = curves.evaluations.at(-1);
    rateSince.value = restored.value?.step ?? 0;
  });
}

/** Milliseconds from one time that weights are kept to the next, unless training pauses or gets another learning rate. */
const KEPT_EVERY = 2000;
let keeping: Promise<unknown> = Promise.resolve();
let keptLast = Number.NEGATIVE_INFINITY;

/** Keeps weights and curves for a reload. That it fails is no trouble now. */
function keepSoon(atOnce = status.value !== 'running'): void {
  const now = performance.now();
  if (!atOnce && now - keptLast < KEPT_EVERY) return;
  keptLast = now;
  keeping = keeping.then(() => lab.keep({ losses: losses.value, evaluations: evaluations.value })).catch(() => {});
}

/** Shows what went wrong; but a lost device is told of once, by its own event. */
export function fail(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'DeviceLostError') return;
  problem.value = { name, message };
}

/** Work for the lab; what goes wrong is shown, and undefined comes back. */
export async function ask<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    fail(error);
    return undefined;
  }
}

/** Browsers refuse an address that changes hundreds of times a minute, as it would while a slider moves. */
const ADDRESS_DELAY = 300;

function writeAddress(): void {
  history.replaceState(null, '', `${location.pathname}${location.search}${toHash(config.value)}`);
}

function keepAddress(): void {
  let delay: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    config.value;
    clearTimeout(delay);
    delay = setTimeout(writeAddress, ADDRESS_DELAY);
  });
  addEventListener('hashchange', () => {
    clearTimeout(delay); // of a choice that the new address overrules
    if (isChoice(location.hash) || location.hash === '') void adopt(fromHash(location.hash));
    delay = setTimeout(writeAddress, ADDRESS_DELAY);
  });
}

/** Opens the device and makes the first net. */
export async function begin(): Promise<void> {
  const isChosen = isChoice(location.hash);
  keepAddress();
  machine.value = await ask(() => lab.open(proxy(hear)));
  if (!machine.value) {
    status.value = 'failed';
    return;
  }
  if (machine.value.kind === 'cpu' && !isChosen) config.value = usualOnCpu;
  await prepare(true);
}

/** Counts the nets, and which of them is there. */
let asked = 0;
let made = 0;

/** The net, by its key, that was to go on from what is kept of it, and has not come yet. */
let awaited: string | undefined;

/**
 * A net for the configuration as it is now: fresh, or as an earlier visit left it. One that did not come stays to be asked
 * for: only the reset of a net that is there gives up what is kept.
 */
export async function prepare(restore = awaited === keyOf(config.value)): Promise<void> {
  const mine = ++asked;
  const key = keyOf(config.value);
  if (restore) awaited = key;
  cancelled = false;
  batch(() => {
    problem.value = undefined;
    loss.value = undefined;
    forget();
  });
  try {
    if (status.value === 'lost' || !machine.value) machine.value = await lab.open(proxy(hear));
    const found = await lab.prepare(config.value, restore);
    if (mine === asked) {
      made = mine;
      if (awaited === key) awaited = undefined;
      prepared.value = found;
    }
  } catch (error) {
    if (mine === asked && !isCancelled(error)) fail(error);
  } finally {
    if (mine === asked) download.value = undefined;
  }
}

/** Changes the configuration. The learning rate takes effect at once; everything else makes a fresh net. */
export async function configure(change: Partial<Config>): Promise<void> {
  await adopt({ ...config.value, ...change });
}

async function adopt(next: Config): Promise<void> {
  const before = config.value;
  if (toHash(next) === toHash(before)) return;
  config.value = next;
  if (!machine.value) return; // `begin` makes a net of it
  const sameNet = toHash({ ...next, learningRate: before.learningRate }) === toHash(before);
  if (sameNet && status.value === 'lost') return; // `recover` gives it to the net that comes
  // The lab may not have said yet that it works on another net.
  if (sameNet && isReady.value && made === asked) {
    rateSince.value = stepNow.value;
    await ask(() => lab.setLearningRate(next.learningRate));
    keepSoon(true);
  } else await prepare();
}

export const start = () => ask(() => lab.start());
export const pause = () => ask(() => lab.pause());
export const step = () => ask(() => lab.step());
/** Fresh weights; where there is no net, the one that did not come. */
export const reset = () => (isReady.value && made === asked ? prepare(false) : prepare());

let cancelled = false;
/** Gives up the net that is being prepared. */
export async function cancel(): Promise<void> {
  cancelled = true;
  await ask(() => lab.cancel());
}
/** Whether a net was given up by the visitor, which is no problem to be shown. */
const isCancelled = (error: unknown): boolean => cancelled && (error as Error).name === 'StateError';

/** Trains on MNIST from files of the visitor's. */
export async function useFiles(files: readonly File[]): Promise<DataSummary | undefined> {
  const summary = await ask(() => lab.useFiles([...files]));
  if (!summary) return undefined;
  config.value = { ...config.value, data: 'mnist' };
  await prepare();
  return summary;
}

/** Goes on after the device was lost, from the step and with the weights that are left. */
export async function recover(): Promise<void> {
  const isHeld = loss.value?.held !== undefined;
  if (isHeld) awaited = keyOf(config.value);
  batch(() => {
    problem.value = undefined;
    loss.value = undefined;
  });
  const found = await goingOn(isHeld, () => ask(() => lab.recover()));
  machine.value = found?.machine;
  if (!found) status.value = 'failed';
  else if (!found.prepared) await prepare();
  else {
    awaited = undefined;
    prepared.value = found.prepared;
    await ask(() => lab.setLearningRate(config.value.learningRate));
  }
}

async function goingOn<T>(really: boolean, work: () => Promise<T>): Promise<T> {
  goesOn = really;
  try {
    return await work();
  } finally {
    goesOn = false;
  }
}
