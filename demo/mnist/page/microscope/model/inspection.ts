/** What the microscope shows: every tensor of one pass, asked of the lab again whenever it may have changed. */
import { computed, effect, signal } from '@preact/signals';
import { indexOfMax } from '../../../index-of-max.ts';
import * as state from '../../state/index.ts';
import { net } from './net.ts';
import { type View, viewOf } from './view-of.ts';

export const view = signal<View>();
/** Whether the section can be seen; nothing is asked for while it cannot. */
export const isVisible = signal(false);

/** What a picture without a label is meant to be: what the visitor says, or before that what the net read. */
const meaning = signal<{ readonly pixels: Float32Array; readonly label: number; readonly said: boolean }>();
export const meant = computed(() =>
  meaning.value?.pixels === state.subject.value?.pixels ? meaning.value : undefined,
);
export function mean(label: number): void {
  const { pixels } = state.subject.peek() ?? {};
  if (pixels) meaning.value = { pixels, label, said: true };
}

/** Milliseconds between inspections of a net in training, at least. */
const INTERVAL = 1000;
/** An inspection takes at most this share of the time. */
const SHARE = 0.2;

async function inspect(of: NonNullable<typeof net.value>, subject: state.Subject): Promise<View> {
  const { pixels } = subject;
  const given = subject.label ?? meant.peek()?.label;
  // What the pass says is that of training, where these layers do otherwise than when the net predicts.
  const differs = of.config.hidden.some(({ kind }) => kind === 'dropout' || kind === 'batchNorm');
  const predicted = given === undefined || differs ? await state.lab.predict(pixels) : undefined;
  const label = given ?? indexOfMax(predicted!);
  const found = await state.lab.inspect({ pixels, label });
  if (subject.label === undefined && !meant.peek() && state.subject.peek() === subject) {
    meaning.value = { pixels, label, said: false };
  }
  return viewOf(of, { subject, label, learningRate: state.config.peek().learningRate }, found, predicted);
}

let isAsking = false;
let isStale = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks, once at a time; what changes meanwhile is asked for after it. */
async function refresh(): Promise<void> {
  clearTimeout(timer);
  const [of, subject] = [net.peek(), state.subject.peek()];
  // The first time it is asked for unseen, so that nothing jumps where a visitor scrolls past it.
  const isWanted = isVisible.peek() || !view.peek();
  if (!of || !subject || !state.isReady.peek() || !isWanted) return;
  isStale = isAsking;
  if (isAsking) return;
  isAsking = true;
  const began = performance.now();
  const isCurrent = () => net.peek() === of && state.subject.peek() === subject;
  try {
    const found = await inspect(of, subject);
    if (isCurrent()) view.value = found;
  } catch (error) {
    // A net that is gone, or a device: neither is news.
    if (isCurrent() && state.isReady.peek()) state.fail(error);
  }
  isAsking = false;
  const took = performance.now() - began;
  if (isStale) refresh();
  else if (state.isTraining.peek()) timer = setTimeout(refresh, Math.max(INTERVAL, took / SHARE) - took);
}

/** Keeps `view` up to date for as long as the returned function is not called. */
export function watch(): () => void {
  const stop = effect(() => {
    // While training it is a matter of time, not of steps.
    if (!state.isTraining.value) void [state.progress.value, state.latest.value];
    void [
      net.value,
      state.subject.value,
      state.isReady.value,
      isVisible.value,
      meaning.value?.label,
      state.config.value,
    ];
    refresh();
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
