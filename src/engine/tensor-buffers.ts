/** The buffers of a tensor: one, or several where it is larger than what the device binds at once. */
import type { Limits } from '../compiler/fuse.ts';
import type { BufferPart } from './read-buffer.ts';

/** What one dispatch may take on this device. */
export const limitsOf = ({ limits }: GPUDevice): Limits => ({
  storageBuffers: limits.maxStorageBuffersPerShaderStage,
  workgroups: limits.maxComputeWorkgroupsPerDimension,
  bindingBytes: Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 16) * 16,
});

/** A buffer for each part of a tensor, as `Limits` has it. */
export function buffersOf(
  { label, size, usage }: GPUBufferDescriptor,
  { bindingBytes = size }: Limits,
): GPUBufferDescriptor[] {
  const count = Math.ceil(size / bindingBytes);
  return Array.from({ length: count }, (_, part) => ({
    label: count > 1 ? `${label}, part ${part}` : label,
    size: Math.min(bindingBytes, size - part * bindingBytes),
    usage,
  }));
}

/** Some bytes of a tensor: which of them are in which buffer, `at` which byte, and how many of them come before (`first`). */
export function partsIn(buffers: readonly GPUBuffer[], { from: start, to }: { from: number; to: number }) {
  let end = 0;
  const parts = buffers.map((from) => {
    const before = end;
    end += from.size;
    const at = Math.max(0, start - before);
    return { from, at, first: before + at - start, bytes: Math.min(from.size, to - before) - at };
  });
  return parts.filter((part) => part.bytes > 0);
}

/** Queues a write to the first bytes of a tensor. */
export function writeTo({ queue }: GPUDevice, buffers: readonly GPUBuffer[], data: Uint8Array<ArrayBuffer>): void {
  for (const { from, first, bytes } of partsIn(buffers, { from: 0, to: data.length })) {
    queue.writeBuffer(from, 0, data, first, bytes);
  }
}

/** What was read of several parts, each as it is. */
export function cut(data: ArrayBuffer, parts: readonly BufferPart[]): Uint8Array<ArrayBuffer>[] {
  let end = 0;
  return parts.map(({ bytes }) => {
    end += bytes;
    return new Uint8Array(data, end - bytes, bytes);
  });
}

/** The parts of a tensor as one. */
export function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Float32Array {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  const [{ buffer, byteOffset }] = parts;
  if (parts.length === 1) return new Float32Array(buffer, byteOffset, bytes / 4);
  const whole = new Uint8Array(bytes);
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return new Float32Array(whole.buffer);
}
