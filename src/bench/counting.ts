/** Counts what a GPUDevice is asked to do. */
import { wrap } from './wrap.ts';

/** Objects made once and kept. Command encoders and passes are not: there are new ones for every submit. */
const makers = [
  'createBuffer',
  'createTexture',
  'createSampler',
  'createBindGroup',
  'createBindGroupLayout',
  'createPipelineLayout',
  'createShaderModule',
  'createComputePipeline',
  'createComputePipelineAsync',
  'createRenderPipeline',
  'createRenderPipelineAsync',
  'createQuerySet',
] as const satisfies readonly Maker[];

/** A method of GPUDevice that makes something: `'createBuffer'`. */
export type Maker = Extract<keyof GPUDevice, `create${string}`>;

/** What a device was asked to do. */
export interface Counts {
  /** Objects made, by method. Methods that were not called are absent, and so are encoders and passes. */
  made: Partial<Record<Maker, number>>;
  /** Buffers destroyed, of those made since counting began. */
  destroyedBuffers: number;
  /** Compute passes. */
  passes: number;
  /** Dispatches. */
  dispatches: number;
  /** Submits to the queue. */
  submits: number;
  /** Bytes uploaded by `writeBuffer`. */
  uploadedBytes: number;
  /** Buffers mapped for reading, of those made since counting began. */
  maps: number;
}

const none = (): Counts => ({
  made: {},
  destroyedBuffers: 0,
  passes: 0,
  dispatches: 0,
  submits: 0,
  uploadedBytes: 0,
  maps: 0,
});

/** A running count; made by {@link countCalls}. */
export interface Counter {
  /** The counts since the last call of `take`, or since the beginning. */
  take(): Counts;
  /** Stops counting, and leaves the device and its buffers as they were. */
  stop(): void;
}

/** Counts what a device is asked to do, until `stop`. */
export function countCalls(gpu: GPUDevice): Counter {
  let counts = none();
  const undo: (() => void)[] = [];
  const watchBuffer = (buffer: GPUBuffer): void => {
    const count = wrap(buffer, 'mapAsync', (map) => (...args) => {
      counts.maps++;
      return map(...args);
    });
    const end = wrap(buffer, 'destroy', (destroy) => () => {
      counts.destroyedBuffers++;
      destroy();
    });
    undo.push(count, end);
  };
  for (const name of makers) {
    const watch = wrap(gpu, name, (make) => (...args) => {
      counts.made[name] = (counts.made[name] ?? 0) + 1;
      const object = make(...args);
      if (name === 'createBuffer') watchBuffer(object);
      return object;
    });
    undo.push(watch);
  }
  const watchPasses = wrap(gpu, 'createCommandEncoder', (create) => (...args) => {
    const encoder: GPUCommandEncoder = create(...args);
    wrap(encoder, 'beginComputePass', (begin) => (...options) => {
      counts.passes++;
      const pass: GPUComputePassEncoder = begin(...options);
      wrap(pass, 'dispatchWorkgroups', (dispatch) => (...size) => {
        counts.dispatches++;
        dispatch(...size);
      });
      return pass;
    });
    return encoder;
  });
  const watchSubmits = wrap(gpu.queue, 'submit', (submit) => (...args) => {
    counts.submits++;
    submit(...args);
  });
  const watchUploads = wrap(gpu.queue, 'writeBuffer', (write) => (...args) => {
    counts.uploadedBytes += written(...(args as Parameters<GPUQueue['writeBuffer']>));
    write(...args);
  });
  undo.push(watchPasses, watchSubmits, watchUploads);
  return {
    take() {
      const taken = counts;
      counts = none();
      return taken;
    },
    stop() {
      for (const restore of undo.splice(0).reverse()) restore();
    },
  };
}

/** Bytes that `writeBuffer` uploads: offset and size count elements where it is given a typed array. */
function written(...[, , data, offset = 0, size]: Parameters<GPUQueue['writeBuffer']>): number {
  const unit = (data as Partial<Uint8Array>).BYTES_PER_ELEMENT ?? 1;
  return size === undefined ? data.byteLength - offset * unit : size * unit;
}
