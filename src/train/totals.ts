/** Reads totals that are kept on the device in slots, those of many epochs in one copy. */
import type { Program, Wanted } from '../engine/engine.ts';
import { valuesOfTotal } from '../ops/total.ts';

/** Totals of a program that have so many slots, of which these are used by turns: number i is in slot `first + i % count`. */
export interface Ring {
  readonly program: Program;
  readonly names: readonly string[];
  readonly first: number;
  readonly count: number;
}

export const slotsOf = (program: Program, name: string): number => program.tensors.get(name)!.shape[0] / 2;

/** The slot of number i. */
export const slotIn = ({ first, count }: Ring, i: number): number => first + (i % count);

/** What to read for the totals from one number to another, of at most `count`: their slots, or all where those go around. */
export function wantedOf(ring: Ring, from: number, to: number): Wanted[] {
  const [first, last] = slotsFor(ring, from, to);
  return ring.names.map((name) => ({ program: ring.program, name, range: { from: 2 * first, to: 2 * (last + 1) } }));
}

/** From what was read so: the values of each of the totals of a number, in the order of the names. */
export function totalsIn(
  ring: Ring,
  from: number,
  to: number,
  read: readonly Float32Array[],
): (i: number) => Float64Array[] {
  const [first, last] = slotsFor(ring, from, to);
  return (i) =>
    read.map((values) => {
      const length = values.length / (last + 1 - first);
      const at = (slotIn(ring, i) - first) * length;
      return valuesOfTotal(values.subarray(at, at + length));
    });
}

function slotsFor(ring: Ring, from: number, to: number): readonly [number, number] {
  const [first, last] = [slotIn(ring, from), slotIn(ring, to)];
  return first <= last ? [first, last] : [ring.first, ring.first + ring.count - 1];
}

export const sumOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0);
