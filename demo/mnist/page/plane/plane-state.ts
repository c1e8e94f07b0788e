/** What the plane knows, as signals, and what it can ask of its worker. */
import { batch, computed, signal } from '@preact/signals';
import { type Remote, wrap } from 'comlink';
import type { Tensor } from 'retrograd';
import type { Frame, PlaneLab, PlanePoint, PlanePoints, PlaneSettings } from '../../lab/plane/plane-protocol.ts';
import type { Machine } from '../../lab/protocol.ts';
import type { LabWorker } from '../../lab/worker.ts';
import { isOpen, settingsOf } from '../tabs/open-tab.ts';
import { readPlane, writePlane } from './plane-address.ts';
import type { UnitPlace } from './unit-place.ts';

/** Steps of training between two pictures. */
export const paces = { 1: '1 step', 10: '10 steps', 100: '100 steps' } as const;
export type Pace = keyof typeof paces;

export interface CurvePoint {
  readonly step: number;
  readonly train: number | undefined;
  readonly test: number | undefined;
}

export const settings = signal<PlaneSettings>(readPlane(settingsOf('plane')));
export const status = signal<'preparing' | 'ready' | 'failed'>('preparing');
export const planeMachine = signal<Machine>();
export const isPlaying = signal(false);
export const pace = signal<Pace>(10);
export const points = signal<PlanePoints>({ train: [], test: [] });
/** Those that the visitor has painted. */
export const ownPoints = signal<readonly PlanePoint[]>([]);
export const frame = signal<Frame>();
export const curve = signal<readonly CurvePoint[]>([]);
export const planeProblem = signal<{ readonly name: string; readonly message: string }>();
/** The unit that was pressed last, and the one under the pointer. */
const pressedUnit = signal<UnitPlace>();
export const hoveredUnit = signal<UnitPlace>();
/** The point whose pass is shown, and the tensors of that pass by name. */
export const chosenPoint = signal<PlanePoint>();
export const pass = signal<Readonly<Record<string, Tensor>>>();

/** The layer of the output. */
export const outputLayer = computed(() => settings.value.hidden.length);
/** The unit whose numbers are shown: the output until another is pressed. */
export const chosenUnit = computed((): UnitPlace => pressedUnit.value ?? { layer: outputLayer.value, unit: 0 });
/** What the plane shows. */
export const shownUnit = computed(() => hoveredUnit.value ?? chosenUnit.value);
export const allPoints = computed(() => [...points.value.train, ...points.value.test]);
export const canTrain = computed(() => status.value === 'ready' && points.value.train.length > 0);

const worker = new Worker(new URL('../../lab/worker.ts', import.meta.url), { type: 'module' });
const lab = wrap<LabWorker>(worker).plane() as Promise<Remote<PlaneLab>>;
worker.addEventListener('error', ({ message }) => fail(new Error(message || 'the worker failed to start')));

function fail(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  planeProblem.value = { name, message };
}

/** Points of the curves that are kept; when there are more, every other one goes. */
const MOST = 1000;
/** Milliseconds between two drawings of the curves while the net trains: a chart takes longer to draw than all pictures. */
const CURVES_EVERY = 300;
let soFar: readonly CurvePoint[] = [];
let drawn = Number.NEGATIVE_INFINITY;

function take(next: Frame): void {
  const { step, train, test } = next;
  const kept = soFar.length >= MOST ? soFar.filter((_, i) => i % 2 === 0) : soFar;
  soFar = [...kept.filter((point) => point.step < step), { step, train: train?.loss, test: test?.loss }];
  batch(() => {
    frame.value = next;
    if (!isPlaying.value || performance.now() - drawn > CURVES_EVERY) drawCurves();
  });
}

function drawCurves(): void {
  drawn = performance.now();
  curve.value = soFar;
}

/** Counts the nets asked for: what an earlier one has to say is of no use any more. */
let asked = 0;

/** A fresh net for the settings as they are. */
export async function prepare(): Promise<void> {
  const mine = ++asked;
  batch(() => {
    status.value = 'preparing';
    planeProblem.value = undefined;
    isPlaying.value = false;
  });
  try {
    const found = await (await lab).prepare(settings.value, ownPoints.value);
    if (mine !== asked) return;
    batch(() => {
      planeMachine.value = found.machine;
      points.value = found.points;
      soFar = [];
      status.value = 'ready';
      take(found.frame);
    });
    await follow();
  } catch (error) {
    if (mine !== asked) return;
    status.value = 'failed';
    fail(error);
  }
}

let begun = false;
/** Makes the first net, when the plane is first opened. */
export function begin(): void {
  if (begun) return;
  begun = true;
  void prepare();
}

/** Changes settings. The learning rate takes effect at once; everything else makes a fresh net. */
export async function configure(change: Partial<PlaneSettings>): Promise<void> {
  const isRateAlone = Object.keys(change).every((key) => key === 'learningRate');
  settings.value = { ...settings.value, ...change };
  writeAddress();
  if (isRateAlone && status.value === 'ready') await (await lab).setLearningRate(settings.value.learningRate);
  else {
    batch(() => {
      chooseUnit(undefined);
      hoveredUnit.value = undefined;
      if (change.data || change.noise !== undefined || change.share || change.seed !== undefined)
        choosePoint(undefined);
    });
    await prepare();
  }
}

function writeAddress(): void {
  if (!isOpen('plane')) return;
  const text = writePlane(settings.value);
  history.replaceState(null, '', `${location.pathname}${location.search}#/plane${text && `?${text}`}`);
}

/** Follows a link to other settings. */
addEventListener('hashchange', () => {
  if (!isOpen('plane')) return;
  const linked = readPlane(settingsOf('plane'));
  if (writePlane(linked) !== writePlane(settings.value)) void configure(linked);
});

const nextFrame = () => new Promise(requestAnimationFrame);

let isLooping = false;

/** Trains and draws until it is told to stop, at most once per frame of the screen. */
export async function play(): Promise<void> {
  isPlaying.value = true;
  if (isLooping) return;
  isLooping = true;
  while (isPlaying.value) {
    await advance(pace.value);
    await nextFrame();
  }
  isLooping = false;
}

export function pause(): void {
  isPlaying.value = false;
  drawCurves();
  void follow();
}

export async function advance(steps: number): Promise<void> {
  const mine = asked;
  try {
    const next = await (await lab).advance(steps);
    if (mine !== asked) return;
    take(next);
    await follow(isPlaying.value ? FOLLOW_EVERY : 0);
  } catch (error) {
    if (mine !== asked) return;
    isPlaying.value = false;
    fail(error);
  }
}

/** Milliseconds between two passes of the chosen point while the net trains. */
const FOLLOW_EVERY = 500;
let followed = Number.NEGATIVE_INFINITY;

/** Brings the numbers of the chosen point up to date. */
async function follow(every = 0): Promise<void> {
  const point = chosenPoint.value;
  if (!point || performance.now() - followed < every) return;
  followed = performance.now();
  const mine = asked;
  const found = await (await lab).inspect(point);
  if (mine === asked && point === chosenPoint.value) pass.value = found;
}

/** Undefined is the output. */
export function chooseUnit(unit: UnitPlace | undefined): void {
  pressedUnit.value = unit;
}

export function choosePoint(point: PlanePoint | undefined): void {
  batch(() => {
    chosenPoint.value = point;
    pass.value = undefined;
  });
  void follow().catch(fail);
}

let isHandingOver = false;

/** Points of one's own, for the net that is there. They are shown at once; the worker gets the latest when it has time. */
export function paintPoints(own: readonly PlanePoint[]): void {
  batch(() => {
    ownPoints.value = own;
    points.value = { train: own, test: [] };
  });
  if (!isHandingOver) void handOver();
}

async function handOver(): Promise<void> {
  isHandingOver = true;
  try {
    for (let handed: unknown; handed !== ownPoints.value; ) {
      const [mine, own] = [asked, ownPoints.value];
      handed = own;
      const found = await (await lab).paint(own);
      if (mine === asked) take(found.frame);
    }
  } catch (error) {
    fail(error);
  } finally {
    isHandingOver = false;
  }
}
