/** Buffers that the CPU can map. Tensors are read through them. */
import { COPY_DST, MAP_READ } from './buffer-usage.ts';
import type { Device } from './device.ts';
import type { Guard } from './guard.ts';
import type { Leftovers } from './leftovers.ts';
import { type BufferPart, readBuffer, totalBytes } from './read-buffer.ts';

export interface StagingPool {
  assertUsable(): void;
  /** Rejects where the copy was refused, or anything queued before it: what lies in the buffer then is of another read. */
  read(name: string, parts: readonly BufferPart[]): Promise<ArrayBuffer>;
  destroy(): void;
}

/** Sizes of buffers, so that reads of other sizes find them as well; larger ones are as long as what is read. */
const [LEAST, ROUNDED] = [2 ** 16, 2 ** 20];
const roomFor = (bytes: number): number =>
  bytes > ROUNDED ? bytes : Math.max(LEAST, 2 ** Math.ceil(Math.log2(bytes)));

/** Buffers that the CPU can map, kept for the next read; `locate` says where the bytes of a buffer are to be read. */
export function stagingPool(
  device: Device,
  guard: Guard,
  assertUsable: () => void,
  locate: Leftovers['locate'] = (part) => part,
): StagingPool {
  const { gpu } = device;
  const free: GPUBuffer[] = [];
  const all = new Set<GPUBuffer>();
  const take = (bytes: number): GPUBuffer => {
    // The smallest that is large enough, so that a repeated series of reads finds the same buffers again.
    free.sort((a, b) => a.size - b.size);
    const fitting = free.findIndex((buffer) => buffer.size >= bytes);
    if (fitting >= 0) return free.splice(fitting, 1)[0];
    const buffer = gpu.createBuffer({ label: 'staging', size: roomFor(bytes), usage: MAP_READ | COPY_DST });
    all.add(buffer);
    return buffer;
  };
  const discard = (buffer: GPUBuffer): void => {
    all.delete(buffer);
    buffer.destroy();
  };
  return {
    assertUsable,
    async read(name, parts) {
      assertUsable();
      let buffer: GPUBuffer | undefined;
      const staging = (): GPUBuffer => {
        buffer = take(totalBytes(parts));
        return buffer;
      };
      const explain: Device['explain'] = (cause, what) => {
        assertUsable();
        return device.explain(cause, what);
      };
      try {
        const data = await readBuffer(device, guard, { name, parts: parts.map(locate), staging, explain });
        free.push(buffer!);
        return data;
      } catch (error) {
        if (buffer) discard(buffer);
        throw error;
      }
    },
    destroy() {
      for (const buffer of all) buffer.destroy();
    },
  };
}
