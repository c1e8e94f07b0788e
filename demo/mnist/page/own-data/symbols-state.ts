/** The symbols that the visitor draws. The browser keeps them, so that a reload loses nothing. */
import { computed, signal } from '@preact/signals';
import { centre } from '../shared/centre.ts';
import { inkOf } from '../shared/ink.ts';
import type { Stroke } from '../shared/strokes.ts';
import { createAsking } from './asking.ts';
import { give, given, isReady, kind, lab, prepared } from './own-state.ts';
import { areSymbols, type Drawing, type DrawnSymbol, MOST, readSymbols, trainable, writeSymbols } from './symbols.ts';

/** Where they are kept. */
const KEY = 'retrograd-symbols';

const first: readonly DrawnSymbol[] = ['circle', 'cross'].map((name) => ({ name, drawings: [] }));

export const symbols = signal<readonly DrawnSymbol[]>(readSymbols(kept() ?? '') ?? first);
/** What is on the pad. */
export const strokes = signal<readonly Stroke[]>([]);
/** Whether the browser keeps the symbols. */
export const areKept = signal(true);
export const outputs = signal<Float32Array>();
/** Why a file was not opened, or a drawing not kept. */
export const refusal = signal<string>();

/** The symbols that the net was made of. */
const used = signal<readonly DrawnSymbol[]>();
export const canUse = computed(() => trainable(symbols.value) !== undefined && used.value !== symbols.value);
export const isOutdated = computed(() => given.value.symbols !== undefined && used.value !== symbols.value);

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a page that may keep nothing
  }
}

function keep(): void {
  try {
    localStorage.setItem(KEY, writeSymbols(symbols.value));
    areKept.value = true;
  } catch {
    areKept.value = false;
  }
}

const TOO_MUCH = `There can be ${MOST.symbols} symbols at most, each with ${MOST.drawings} drawings. A drawing can have ${MOST.strokes} strokes, and a stroke ${MOST.points} points.`;

/** False, with a refusal, for more than could be read again. */
function setSymbols(next: readonly DrawnSymbol[]): boolean {
  const canBeKept = areSymbols(next);
  refusal.value = canBeKept ? undefined : TOO_MUCH;
  if (canBeKept) {
    symbols.value = next;
    keep();
  }
  return canBeKept;
}

const setSymbol = (at: number, changes: Partial<DrawnSymbol>): boolean =>
  setSymbols(symbols.value.with(at, { ...symbols.value[at], ...changes }));

export const rename = (at: number, name: string): boolean => setSymbol(at, { name });
export const addSymbol = (): boolean => setSymbols([...symbols.value, { name: '', drawings: [] }]);
export const removeSymbol = (at: number): boolean => setSymbols(symbols.value.toSpliced(at, 1));

/** What is on the pad is one more of this symbol. */
export function keepAs(at: number): void {
  if (strokes.value.length === 0) return;
  if (setSymbol(at, { drawings: [...symbols.value[at].drawings, strokes.value] })) strokes.value = [];
}

export const removeDrawing = (at: number, drawing: number): boolean =>
  setSymbol(at, { drawings: symbols.value[at].drawings.toSpliced(drawing, 1) });

const pictures = new WeakMap<Drawing, Float32Array>();

/** As a net sees a drawing: 28 × 28 numbers, centred as in MNIST. */
export function pixelsOf(drawing: Drawing): Float32Array {
  const known = pictures.get(drawing);
  if (known) return known;
  const { ink, width } = inkOf(drawing);
  const pixels = centre(ink, width);
  pictures.set(drawing, pixels);
  return pixels;
}

/** Makes a net of the symbols as they are. */
export async function useSymbols(): Promise<void> {
  const chosen = trainable(symbols.value);
  if (!chosen) return;
  used.value = symbols.value;
  const all = chosen.map(({ name, drawings }) => ({ name, drawings: drawings.map(pixelsOf) }));
  await give('symbols', { kind: 'symbols', symbols: all });
}

export async function openSymbols(file: File): Promise<void> {
  const found = readSymbols(await file.text());
  if (found) setSymbols(found);
  else refusal.value = `${file.name} is no file of symbols that this page has saved.`;
}

/** Asks the net what is on the pad. */
export const recognise = createAsking(async () => {
  const net = prepared.value;
  const drawing = strokes.value;
  const canAsk = kind.value === 'symbols' && isReady.value && drawing.length > 0;
  const answer = canAsk ? await (await lab).predict(pixelsOf(drawing)).catch(() => undefined) : undefined;
  if (net === prepared.value) outputs.value = answer;
});
