/**
 * What whole steps leave in their arena: the tensors that a step computes and others only look at. They are read there, and
 * copied to their own buffers when something else works on these. So a submit copies back only what the next one starts from.
 */
import type { BufferPart } from './read-buffer.ts';

/** Where the values of a buffer are, and how many runs have left them there that the device may have accepted. */
interface Place {
  readonly arena: GPUBuffer;
  readonly offset: number;
  runs: number;
}

export interface Leftovers {
  /** Where to read some bytes of a buffer. */
  locate(part: BufferPart): BufferPart;
  /** A run leaves the values of these buffers in an arena. Returns what to do where the device refuses that run. */
  leave(arena: GPUBuffer, slots: readonly { readonly buffer: GPUBuffer; readonly offset?: number }[]): () => void;
  /**
   * Before a run that works on these buffers: copies to them what is in another arena than its own. Returns what to do where
   * the device refuses that.
   */
  bring(encoder: GPUCommandEncoder, buffers: readonly GPUBuffer[], arena?: GPUBuffer): () => void;
  /** These buffers were written. */
  overwritten(buffers: readonly GPUBuffer[]): void;
}

export function leftovers(): Leftovers {
  const left = new Map<GPUBuffer, Place>();
  /** What was copied by a run that the device may still refuse; void once something else works on the buffer. */
  const brought = new Map<GPUBuffer, Place>();
  return {
    locate(part) {
      const place = left.get(part.from);
      return place ? { ...part, from: place.arena, at: place.offset + part.at } : part;
    },
    leave(arena, slots) {
      const places = slots.map(({ buffer, offset }) => {
        const known = left.get(buffer);
        const place = known?.arena === arena ? known : { arena, offset: offset!, runs: 0 };
        place.runs++;
        left.set(buffer, place);
        return { buffer, place };
      });
      return () => {
        for (const { buffer, place } of places) {
          place.runs--;
          if (place.runs === 0 && left.get(buffer) === place) left.delete(buffer);
        }
      };
    },
    bring(encoder, buffers, arena) {
      if (left.size === 0 && brought.size === 0) return () => {};
      const copied = buffers.flatMap((buffer) => {
        brought.delete(buffer);
        const place = left.get(buffer);
        return place && place.arena !== arena ? [{ buffer, place }] : [];
      });
      for (const { buffer, place } of copied) {
        encoder.copyBufferToBuffer(place.arena, place.offset, buffer, 0, buffer.size);
        left.delete(buffer);
        brought.set(buffer, place);
      }
      return () => {
        for (const { buffer, place } of copied) if (brought.get(buffer) === place) left.set(buffer, place);
      };
    },
    overwritten(buffers) {
      for (const buffer of buffers) {
        left.delete(buffer);
        brought.delete(buffer);
      }
    },
  };
}
