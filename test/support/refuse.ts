/** A device that refuses some of what it is asked: with errors of its own validation, as a driver's come. */
import { wrap } from '../../src/bench/wrap.ts';
import { MAP_READ } from '../../src/engine/buffer-usage.ts';

/** Which calls of an encoder spoil all that it encodes. */
const spoiling = {
  /** The copy of a result to where the CPU can see it. */
  reads: (name: string, args: unknown[]) =>
    name === 'copyBufferToBuffer' && Boolean((args[2] as GPUBuffer).usage & MAP_READ),
  /** Dispatches. */
  runs: (name: string) => name === 'beginComputePass',
};

/** Refuses what is submitted, or written, until the function returned is called. */
export function refuse(gpu: GPUDevice, what: keyof typeof spoiling | 'writes' | 'writes but flags'): () => void {
  if (what === 'writes' || what === 'writes but flags') {
    const allowed = what === 'writes' ? 0 : 4;
    return wrap(
      gpu.queue,
      'writeBuffer',
      (write) => (buffer: GPUBuffer, at, data) => write(buffer, data.byteLength > allowed ? buffer.size : at, data),
    );
  }
  return wrap(gpu, 'createCommandEncoder', (create) => (...options) => {
    const encoder: GPUCommandEncoder = create(...options);
    for (const name of ['copyBufferToBuffer', 'beginComputePass'] as const) {
      wrap(encoder, name, (call) => (...args) => {
        if (spoiling[what](name, args)) encoder.popDebugGroup();
        return call(...args);
      });
    }
    return encoder;
  });
}
