/** What the page knows of the experiments, as signals, and what it can ask of their worker. */
import { batch, computed, signal } from '@preact/signals';
import { type Remote, wrap } from 'comlink';
import type { Course, Landscape } from '../../lab/experiments/experiment.ts';
import type { ExperimentsLab, News } from '../../lab/experiments/experiments-protocol.ts';
import { experimentOf } from '../../lab/experiments/table.ts';
import type { Machine } from '../../lab/protocol.ts';
import type { LabWorker } from '../../lab/worker.ts';
import { isOpen, settingsOf } from '../tabs/open-tab.ts';
import { withNews } from './courses.ts';
import { type Chosen, hashOf, readChosen } from './experiments-address.ts';

export const chosen = signal<Chosen>(readChosen(settingsOf('experiments')));
export const experiment = computed(() => experimentOf(chosen.value.show));
export const status = signal<'preparing' | 'ready' | 'failed'>('preparing');
export const isPlaying = signal(false);
export const experimentMachine = signal<Machine>();
export const experimentProblem = signal<{ readonly name: string; readonly message: string }>();
/** What became of each net, as far as it is shown. */
export const courses = signal<readonly Course[]>([]);
export const landscape = signal<Landscape>();
/** Steps that the nets were trained; those that stopped have fewer. */
export const trained = signal(0);
export const isFinished = computed(() => trained.value >= experiment.value.steps);

const worker = new Worker(new URL('../../lab/worker.ts', import.meta.url), { type: 'module' });
const lab = wrap<LabWorker>(worker).experiments() as Promise<Remote<ExperimentsLab>>;
worker.addEventListener('error', ({ message }) => fail(new Error(message || 'the worker failed to start')));

function fail(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  batch(() => {
    experimentProblem.value = { name, message };
    status.value = 'failed';
    isPlaying.value = false;
  });
}

/** Milliseconds between two pictures at least, and where the visitor has asked for less motion. */
const PICTURE_EVERY = 100;
const STILL_PICTURE_EVERY = 1000;
const lessMotion = matchMedia('(prefers-reduced-motion: reduce)');
let soFar: readonly Course[] = [];
let drawn = Number.NEGATIVE_INFINITY;

function take(news: readonly (News | undefined)[]): void {
  soFar = withNews(soFar, news);
  const every = lessMotion.matches ? STILL_PICTURE_EVERY : PICTURE_EVERY;
  if (!isPlaying.value || isFinished.value || performance.now() - drawn > every) draw();
}

function draw(): void {
  drawn = performance.now();
  courses.value = soFar;
}

/** Counts the experiments asked for: what an earlier one has to say is of no use any more. */
let asked = 0;

/** Fresh nets. */
export async function prepare(): Promise<void> {
  const mine = ++asked;
  const { show, seed } = chosen.value;
  soFar = [];
  batch(() => {
    status.value = 'preparing';
    isPlaying.value = false;
    experimentProblem.value = undefined;
    courses.value = soFar;
    trained.value = 0;
    landscape.value = undefined;
  });
  try {
    const begun = await (await lab).prepare(show, seed);
    if (mine !== asked) return;
    batch(() => {
      experimentMachine.value = begun.machine;
      landscape.value = begun.landscape;
      status.value = 'ready';
      take(begun.news);
    });
  } catch (error) {
    if (mine === asked) fail(error);
  }
}

let begun = false;
/** Makes the first nets, when the tab is first opened. */
export function begin(): void {
  if (begun) return;
  begun = true;
  void prepare();
}

/** Another experiment, or another seed. */
export function choose(change: Partial<Chosen>): void {
  chosen.value = { ...chosen.value, ...change };
  writeAddress();
  void prepare();
}

function writeAddress(): void {
  if (!isOpen('experiments')) return;
  history.replaceState(null, '', `${location.pathname}${location.search}${hashOf(chosen.value)}`);
}

/** Follows a link. An address that names no experiment, as that of the tab, keeps the one that is open. */
addEventListener('hashchange', () => {
  if (!isOpen('experiments')) return;
  const text = settingsOf('experiments');
  const linked = text ? readChosen(text) : chosen.value;
  if (hashOf(linked) === hashOf(chosen.value)) writeAddress();
  else choose(linked);
});

const nextFrame = () => new Promise(requestAnimationFrame);

let isLooping = false;

/** Trains and draws to the end of the experiment, or until it is told to stop. */
export async function play(): Promise<void> {
  isPlaying.value = true;
  if (isLooping) return;
  isLooping = true;
  while (isPlaying.value) {
    await advance();
    await nextFrame();
  }
  isLooping = false;
}

/** From the beginning, with fresh nets. */
export async function playAgain(): Promise<void> {
  await prepare();
  if (status.value === 'ready') await play();
}

export function pause(): void {
  isPlaying.value = false;
  draw();
}

/** Trains every net until the next look. */
export async function advance(): Promise<void> {
  const mine = asked;
  const { steps, every } = experiment.value;
  try {
    const news = await (await lab).advance();
    if (mine !== asked) return;
    batch(() => {
      trained.value = Math.min(steps, trained.value + every);
      take(news);
      if (isFinished.value) isPlaying.value = false;
    });
  } catch (error) {
    if (mine === asked) fail(error);
  }
}
