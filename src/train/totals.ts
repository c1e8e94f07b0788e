/** Reads totals that are kept on the device in slots, those of many epochs in one copy. */
import type { Program, Wanted } from '../engine/engine.ts';
import { find } from '../graph/graph.ts';
import { BY_BATCH, slotsIn } from '../graph/storage.ts';

/** Totals of a program that have so many slots, of which these are used by turns: number i is in slot `first + i % count`. */
export interface Ring {
  readonly program: Program;
  readonly names: readonly string[];
  readonly first: number;
  readonly count: number;
}

/** The slot of number i. */
export const slotIn = ({ first, count }: Ring, i: number): number => first + (i % count);

/** What to read for the totals from one number to another, of at most `count`: their slots, or all where those go around. */
export function wantedOf(ring: Ring, from: number, to: number): Wanted[] {
  const [first, last] = slotsFor(ring, from, to);
  const { program, names } = ring;
  return names.map((name) => {
    if (isWhole(program, name)) return { program, name };
    const planes = program.tensors.get(name)!.shape[0] / slotsIn(program.graph, name);
    return { program, name, range: { from: planes * first, to: planes * (last + 1) } };
  });
}

/** Whether it has slots for the batches of one evaluation, and is read with all of them. */
export const isWhole = ({ graph }: Program, name: string): boolean => Boolean(find(graph, name)!.attributes[BY_BATCH]);

/** From what was read so: each of the totals of a number as it lies in its slot, in the order of the names. */
export function totalsIn(
  ring: Ring,
  from: number,
  to: number,
  read: readonly Float32Array[],
): (i: number) => Float32Array[] {
  const [first, last] = slotsFor(ring, from, to);
  return (i) =>
    read.map((values, k) => {
      if (isWhole(ring.program, ring.names[k])) return values;
      const length = values.length / (last + 1 - first);
      const at = (slotIn(ring, i) - first) * length;
      return values.subarray(at, at + length);
    });
}

function slotsFor(ring: Ring, from: number, to: number): readonly [number, number] {
  const [first, last] = [slotIn(ring, from), slotIn(ring, to)];
  return first <= last ? [first, last] : [ring.first, ring.first + ring.count - 1];
}

export const sumOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0);
