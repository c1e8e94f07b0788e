/**
 * What whole steps leave in their arena: the tensors that a step computes and others only look at. They are read there, and
 * copied to their own buffers when something else works on these. So a submit copies back only what the next one starts from.
 */
import type { BufferPart } from './read-buffer.ts';

/** Says that a run puts the values of a buffer in an arena or, without one, in the buffer itself. */
interface Claim {
  readonly arena?: GPUBuffer;
  readonly offset: number;
}

/** What to do when the device has accepted a run, or refused it. */
export type Verdict = (accepted: boolean) => void;

export interface Leftovers {
  /** Where to read some bytes of a buffer. */
  locate(part: BufferPart): BufferPart;
  /** A run leaves the values of these buffers in an arena. */
  leave(arena: GPUBuffer, slots: readonly { readonly buffer: GPUBuffer; readonly offset?: number }[]): Verdict;
  /** Before a run that works on these buffers: copies to them what is in another arena than its own. */
  bring(encoder: GPUCommandEncoder, buffers: readonly GPUBuffer[], arena?: GPUBuffer): Verdict;
  /** These buffers were written. */
  overwritten(buffers: readonly GPUBuffer[]): void;
}

export function leftovers(): Leftovers {
  /**
   * The claims that hold if the later ones are refused, oldest first; the last one counts. A buffer without any has its values
   * in itself.
   */
  const claims = new WeakMap<GPUBuffer, Claim[]>();
  const lastOf = (buffer: GPUBuffer): Claim | undefined => claims.get(buffer)?.at(-1);
  const claim = (buffer: GPUBuffer, made: Claim): Verdict => {
    claims.set(buffer, [...(claims.get(buffer) ?? []), made]);
    return (accepted) => {
      const all = claims.get(buffer) ?? [];
      const at = all.indexOf(made);
      if (at < 0) return; // the buffer was written since, or a later run accepted
      const kept = accepted ? all.slice(at) : all.filter((each) => each !== made);
      if (kept.some((each) => each.arena)) claims.set(buffer, kept);
      else claims.delete(buffer);
    };
  };
  return {
    locate(part) {
      const { arena, offset = 0 } = lastOf(part.from) ?? {};
      return arena ? { ...part, from: arena, at: offset + part.at } : part;
    },
    leave: (arena, slots) => verdictOn(slots.map(({ buffer, offset }) => claim(buffer, { arena, offset: offset! }))),
    bring(encoder, buffers, arena) {
      const isThere = (buffer: GPUBuffer): boolean => arena !== undefined && lastOf(buffer)?.arena === arena;
      const others = buffers.filter((buffer) => claims.has(buffer) && !isThere(buffer));
      for (const buffer of others) {
        const { arena: from, offset } = lastOf(buffer)!;
        if (from) encoder.copyBufferToBuffer(from, offset, buffer, 0, buffer.size);
      }
      return verdictOn(others.map((buffer) => claim(buffer, { offset: 0 })));
    },
    overwritten(buffers) {
      for (const buffer of buffers) claims.delete(buffer);
    },
  };
}

/** All of some verdicts, as one. */
export const verdictOn =
  (verdicts: readonly Verdict[]): Verdict =>
  (accepted) => {
    for (const each of verdicts) each(accepted);
  };
