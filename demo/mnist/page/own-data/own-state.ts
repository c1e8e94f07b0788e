/** What the tab of one's own data knows, as signals, and what it can ask of its worker. */
import { batch, computed, signal } from '@preact/signals';
import { type Remote, wrap } from 'comlink';
import {
  type OwnData,
  type OwnFrame,
  type OwnKind,
  type OwnLab,
  type OwnPrepared,
  type OwnScore,
  type OwnSettings,
  usualOwn,
} from '../../lab/own-data/own-protocol.ts';
import type { LabWorker } from '../../lab/worker.ts';

export interface CurvePoint {
  readonly step: number;
  readonly train: OwnScore;
  readonly test: OwnScore;
}

export const kind = signal<OwnKind>('table');
/** What there is to train on, of each kind. */
export const given = signal<Readonly<Partial<Record<OwnKind, OwnData>>>>({});
const allSettings = signal<Readonly<Record<OwnKind, OwnSettings>>>(usualOwn);
/** Those of the kind that is chosen. */
export const settings = computed(() => allSettings.value[kind.value]);
export const status = signal<'empty' | 'preparing' | 'ready' | 'failed'>('empty');
/** The net that is there, and what it is trained on. */
export const prepared = signal<OwnPrepared>();
export const frame = signal<OwnFrame>();
export const curve = signal<readonly CurvePoint[]>([]);
export const isPlaying = signal(false);
export const problem = signal<{ readonly name: string; readonly message: string }>();

export const isReady = computed(() => status.value === 'ready');

const worker = new Worker(new URL('../../lab/worker.ts', import.meta.url), { type: 'module' });
export const lab = wrap<LabWorker>(worker).ownData() as Promise<Remote<OwnLab>>;
worker.addEventListener('error', ({ message }) => fail(new Error(message || 'the worker failed to start')));

export function fail(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  problem.value = { name, message };
}

/** Points of the curves that are kept; when there are more, every other one goes. */
const MOST = 1000;

function take(next: OwnFrame): void {
  const before = curve.value.filter(({ step }) => step < next.step);
  const kept = before.length >= MOST ? before.filter((_, i) => i % 2 === 0) : before;
  batch(() => {
    frame.value = next;
    curve.value = [...kept, next];
  });
}

/** Counts the nets asked for: what an earlier one has to say is of no use any more. */
let asked = 0;

/** A fresh net for the data and the settings as they are. */
export async function prepare(): Promise<void> {
  const mine = ++asked;
  const data = given.value[kind.value];
  batch(() => {
    problem.value = undefined;
    isPlaying.value = false;
    prepared.value = undefined;
    frame.value = undefined;
    curve.value = [];
    status.value = data ? 'preparing' : 'empty';
  });
  if (!data) return;
  try {
    const found = await (await lab).prepare(data, settings.value);
    if (mine !== asked) return;
    batch(() => {
      prepared.value = found;
      goal = 0;
      status.value = 'ready';
      take(found.frame);
    });
  } catch (error) {
    if (mine !== asked) return;
    status.value = 'failed';
    fail(error);
  }
}

/** Data of a kind, or none any more. */
export async function give<K extends OwnKind>(
  of: K,
  data: (OwnData & { readonly kind: K }) | undefined,
): Promise<void> {
  given.value = { ...given.value, [of]: data };
  if (of === kind.value) await prepare();
}

export function choose(next: OwnKind): void {
  kind.value = next;
  void prepare();
}

/** Changes settings. A net that is there gets a new rate at once, and new epochs when Train is pressed; else it is made afresh. */
export async function configure(change: Partial<OwnSettings>): Promise<void> {
  allSettings.value = { ...allSettings.value, [kind.value]: { ...settings.value, ...change } };
  const isFresh = Object.keys(change).some((key) => key !== 'learningRate' && key !== 'epochs');
  if (isFresh || status.value === 'preparing') return prepare(); // one on its way has the rate of before
  if (isReady.value) await (await lab).setLearningRate(settings.value.learningRate);
}

/** Training pauses when it has made so many steps. */
let goal = 0;
let isLooping = false;

/** Trains until the epochs are over, or it is told to stop; once more, it trains as many again. */
export async function play(): Promise<void> {
  isPlaying.value = true;
  const { epochs } = settings.value;
  const step = frame.value?.step ?? 0;
  const all = epochs * (prepared.value?.stepsOfEpoch ?? 0);
  goal = Math.ceil((step + 1) / all) * all;
  if (isLooping) return;
  isLooping = true;
  while (isPlaying.value) await advance();
  isLooping = false;
}

async function advance(): Promise<void> {
  const mine = asked;
  try {
    const next = await (await lab).advance(goal);
    if (mine !== asked) return;
    take(next);
    if (next.step >= goal) isPlaying.value = false;
  } catch (error) {
    if (mine !== asked) return;
    isPlaying.value = false;
    fail(error);
  }
}

/** Goes on from the weights of a file: the net counts its steps from 0 again, and so do the curves. */
export async function loadWeights(file: File): Promise<void> {
  const mine = asked;
  isPlaying.value = false;
  const next = await (await lab).load(file);
  if (mine !== asked) return;
  goal = 0;
  curve.value = [];
  take(next);
}

export function pause(): void {
  isPlaying.value = false;
}
