/** Which numbers the inputs or targets of a streamed data set may hold. */
import { isFinite32 } from '../base/float32.ts';
import { firstWhere } from '../base/numbers.ts';
import type { StreamedField } from './streamed.ts';

/** What is expected of each number, for messages. */
export function expectedOf({ kind, size, scale, type }: StreamedField): string {
  if (kind === 'labels') return `a class from 0 to ${size - 1}`;
  if (type === 'uint8') return 'an integer from 0 to 255';
  return `a finite number that${scale === 1 ? '' : ` times ${scale}`} fits in a 32-bit float`;
}

/** Tells of any value whether the field may hold it. */
export function holderOf({ kind, size, scale, type }: StreamedField): (value: unknown) => boolean {
  if (kind === 'labels') return (value) => isIntegerTo(size - 1, value);
  if (type === 'uint8') return (value) => isIntegerTo(255, value);
  return (value) => isFinite32(value) && isFinite32(value * scale);
}

const isIntegerTo = (most: number, value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

/** Which of the stored numbers is the first that the field may not hold, or −1. */
export function firstRefused(field: StreamedField, stored: Uint8Array | Float32Array): number {
  if (field.kind === 'values') return field.type === 'uint8' ? -1 : firstBeyond(stored, field.scale);
  const holds = holderOf(field);
  return firstWhere(stored, (label) => !holds(label));
}

/** Which is the first that is not finite, as it is or times the scale, or −1. For most it takes one comparison. */
function firstBeyond(values: ArrayLike<number>, scale: number): number {
  const safe = 2 ** 127 / Math.max(1, Math.abs(scale));
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i]) <= safe) && !isFinite32(values[i] * scale)) return i;
  }
  return -1;
}
