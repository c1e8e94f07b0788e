/** Symbols that the visitor draws, as a text that can be kept and read again. */
import type { Stroke } from '../shared/strokes.ts';

export type Drawing = readonly Stroke[];

export interface DrawnSymbol {
  readonly name: string;
  readonly drawings: readonly Drawing[];
}

/** Drawings of each symbol that make a start. */
export const ENOUGH = 10;
/** What can be kept: symbols, drawings of one, strokes of a drawing, points of a stroke. */
export const MOST = { symbols: 100, drawings: 500, strokes: 100, points: 5000 } as const;

/** Says what the text is, and in which layout. */
const KIND = 'retrograd symbols 1';

/** Places are kept to a thousandth of the side of the pad. */
export const writeSymbols = (symbols: readonly DrawnSymbol[]): string =>
  JSON.stringify({ kind: KIND, symbols }, (_, value) =>
    typeof value === 'number' ? Math.round(1000 * value) / 1000 : value,
  );

/** Undefined for anything else than such a text. */
export function readSymbols(text: string): DrawnSymbol[] | undefined {
  const found = parsed(text);
  if (!isRecord(found) || found.kind !== KIND) return undefined;
  return areSymbols(found.symbols) ? found.symbols : undefined;
}

/** Whether they can be kept, and read again. */
export const areSymbols = (value: unknown): value is DrawnSymbol[] => isList(value, MOST.symbols, isSymbol);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isList = (value: unknown, most: number, is: (of: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= most && value.every(is);
const isPoint = (value: unknown): boolean => isList(value, 2, Number.isFinite) && (value as unknown[]).length === 2;
const isStroke = (value: unknown): boolean => isList(value, MOST.points, isPoint) && (value as unknown[]).length > 0;
const isDrawing = (value: unknown): boolean => isList(value, MOST.strokes, isStroke) && (value as unknown[]).length > 0;
const isSymbol = (value: unknown): boolean =>
  isRecord(value) && typeof value.name === 'string' && isList(value.drawings, MOST.drawings, isDrawing);

/** Those that have two drawings or more, one of which may be held out, with names that differ. Undefined for less than two. */
export function trainable(symbols: readonly DrawnSymbol[]): DrawnSymbol[] | undefined {
  const named = symbols.map(({ name, drawings }, i) => ({ name: name.trim() || `symbol ${i + 1}`, drawings }));
  const merged = new Map<string, Drawing[]>();
  for (const { name, drawings } of named) merged.set(name, [...(merged.get(name) ?? []), ...drawings]);
  const enough = [...merged].filter(([, drawings]) => drawings.length > 1);
  return enough.length > 1 ? enough.map(([name, drawings]) => ({ name, drawings })) : undefined;
}
