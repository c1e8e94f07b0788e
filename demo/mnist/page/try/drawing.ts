/** What is on the pad, and what the network says to it. */
import { computed, signal } from '@preact/signals';
import { centre } from '../shared/centre.ts';
import { inkOf } from '../shared/ink.ts';
import type { Stroke } from '../shared/strokes.ts';
import { askCurrent, isReady, lab, prepared, type Subject } from '../state/index.ts';

export const strokes = signal<readonly Stroke[]>([]);
/** A test digit in place of a drawing. */
export const taken = signal<Subject>();
/** Its pixels. */
export const takenPixels = computed(() => taken.value?.pixels);
export const outputs = signal<Float32Array>();

/** What the network sees. */
export const seen = computed<Subject | undefined>(() => {
  if (taken.value) return taken.value;
  if (strokes.value.length === 0) return undefined;
  const { ink, width } = inkOf(strokes.value);
  return { title: 'your drawing', pixels: centre(ink, width) };
});

/** The pad shows what is drawn again. */
export function drawAgain(): void {
  taken.value = undefined;
}

export function clear(): void {
  strokes.value = [];
  taken.value = undefined;
}

export async function takeTestDigit(): Promise<void> {
  const index = Math.floor(Math.random() * (prepared.value?.data.test ?? 0));
  const sample = await askCurrent(() => lab.sample('test', index));
  if (!sample) return;
  strokes.value = [];
  taken.value = { ...sample, title: `test sample ${index}` };
}

let isAsking = false;
let isOutdated = false;

/** Asks the network again; while it is being asked, once more when it has answered. */
export async function read(): Promise<void> {
  isOutdated = true;
  if (isAsking) return;
  isAsking = true;
  while (isOutdated) {
    isOutdated = false;
    const pixels = seen.value?.pixels;
    const answer = pixels && isReady.value ? await askCurrent(() => lab.predict(pixels)) : undefined;
    outputs.value = seen.value ? answer : undefined;
  }
  isAsking = false;
}
