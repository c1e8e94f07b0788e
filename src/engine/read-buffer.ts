/** Reads buffers of the device through one that the CPU can map. */
import { READ_MODE } from './buffer-usage.ts';
import type { Device } from './device.ts';
import type { Guard } from './guard.ts';

/** So many bytes of a buffer. */
export interface BufferPart {
  readonly from: GPUBuffer;
  /** The first of them. */
  readonly at: number;
  readonly bytes: number;
}

export interface BufferRead {
  /** What is read, for people. */
  readonly name: string;
  /** What is copied, one after another. */
  readonly parts: readonly BufferPart[];
  /** The buffer to copy to, large enough for all of them; asked for where its own errors count as those of the copy. */
  staging(): GPUBuffer;
  /** Why it could not be mapped. */
  explain(cause: unknown, what: string): Promise<never>;
}

/**
 * The bytes as they are now, whatever is queued meanwhile: the copy is queued before anything is awaited. Rejects where that
 * copy was refused, or any work before it, since what lies in the staging buffer then is of an earlier read.
 */
export async function readBuffer(
  { gpu, wait }: Pick<Device, 'gpu' | 'wait'>,
  guard: Guard,
  { name, parts, staging, explain }: BufferRead,
): Promise<ArrayBuffer> {
  const bytes = totalBytes(parts);
  let to: GPUBuffer | undefined;
  let mapped: Promise<undefined> = Promise.resolve(undefined);
  const what = `to read ${name}`;
  guard.run(what, () => {
    to = staging();
    const encoder = gpu.createCommandEncoder();
    let end = 0;
    for (const { from, at, bytes } of parts) {
      encoder.copyBufferToBuffer(from, at, to, end, bytes);
      end += bytes;
    }
    gpu.queue.submit([encoder.finish()]);
    mapped = wait(to.mapAsync(READ_MODE, 0, bytes), what);
    mapped.catch(() => {}); // it is awaited below, unless the copy was refused
  });
  try {
    await guard.settled();
    await mapped.catch((cause) => explain(cause, what));
    return await copyOf(to!, bytes).catch((cause) => explain(cause, what));
  } finally {
    to?.unmap();
  }
}

/** Rejects where the buffer is no longer mapped, as after the loss of its device. */
async function copyOf(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
  return buffer.getMappedRange(0, bytes).slice(0);
}

export const totalBytes = (parts: readonly BufferPart[]): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);
