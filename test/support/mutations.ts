/** Damaged files: many, each a small change of a good one, the same in every run. RETROGRAD_MUTATIONS sets how many. */
import { words } from '../../src/base/random.ts';

/** Enough to find what a change breaks, in a few seconds. `RETROGRAD_MUTATIONS=20000` takes minutes. */
export const MUTATIONS = Number(globalThis.process?.env?.RETROGRAD_MUTATIONS ?? 500);

/** Bytes that lengths, signs and quotes are made of. */
const ODD = [0, 1, 10, 13, 34, 39, 40, 44, 45, 46, 48, 57, 63, 101, 127, 128, 254, 255];

/** The file with one to four changes: a byte set, a bit turned, some bytes left out or doubled, or an end cut off. */
export function mutated(file: Uint8Array<ArrayBuffer>, seed: number): Uint8Array<ArrayBuffer> {
  const drawn = words(20, seed, 0);
  let bytes = file.slice();
  for (let change = 0; change <= drawn[0] % 4; change++) {
    const [kind, place, value, count] = drawn.subarray(4 * change + 1);
    const at = place % Math.max(1, bytes.length);
    const end = Math.min(bytes.length, at + 1 + (count % 16));
    const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
    if (kind % 8 < 3) bytes[at] = ODD[value % ODD.length];
    else if (kind % 8 < 5) bytes[at] ^= 1 << (value % 8);
    else if (kind % 8 === 5) bytes = joined(before, after);
    else if (kind % 8 === 6) bytes = joined(before, part, part, after);
    else if (value % 4 === 0) bytes = before.slice();
  }
  return bytes;
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
