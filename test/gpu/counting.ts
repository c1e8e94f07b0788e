/** Counts what a GPUDevice is asked to do, and can be told to leave out one dispatch of every pass. */

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
] as const;

export interface Counts {
  /** By kind of GPU object; the kinds none was made of are absent. */
  made: Partial<Record<(typeof makers)[number], number>>;
  destroyedBuffers: number;
  passes: number;
  dispatches: number;
  submits: number;
  maps: number;
}

const none = (): Counts => ({ made: {}, destroyedBuffers: 0, passes: 0, dispatches: 0, submits: 0, maps: 0 });

// biome-ignore lint/suspicious/noExplicitAny: any method of any WebGPU object
type Method = (...args: any[]) => any;

/** Puts `around` in place of a method; it is handed the method itself, bound. */
function wrap<T extends object>(object: T, name: keyof T, around: (method: Method) => Method): void {
  const method = (object[name] as Method).bind(object);
  Object.defineProperty(object, name, { value: around(method), configurable: true, writable: true });
}

export interface Counter {
  /** Since the last call of `take`, or since the beginning. */
  take(): Counts;
  /** Number of the dispatch, from 0 in each pass, that is left out from now on. */
  skip: number | undefined;
}

export function countCalls(gpu: GPUDevice): Counter {
  let counts = none();
  const counter: Counter = {
    skip: undefined,
    take() {
      const taken = counts;
      counts = none();
      return taken;
    },
  };
  for (const name of makers) {
    wrap(gpu, name, (make) => (...args) => {
      counts.made[name] = (counts.made[name] ?? 0) + 1;
      const object = make(...args);
      if (name === 'createBuffer') watchBuffer(object);
      return object;
    });
  }
  const watchBuffer = (buffer: GPUBuffer): void => {
    wrap(buffer, 'mapAsync', (map) => (...args) => {
      counts.maps++;
      return map(...args);
    });
    wrap(buffer, 'destroy', (destroy) => () => {
      counts.destroyedBuffers++;
      destroy();
    });
  };
  wrap(gpu, 'createCommandEncoder', (create) => (...args) => {
    const encoder: GPUCommandEncoder = create(...args);
    wrap(encoder, 'beginComputePass', (begin) => (...options) => {
      counts.passes++;
      const pass: GPUComputePassEncoder = begin(...options);
      let number = 0;
      wrap(pass, 'dispatchWorkgroups', (dispatch) => (...size) => {
        counts.dispatches++;
        if (number++ !== counter.skip) dispatch(...size);
      });
      return pass;
    });
    return encoder;
  });
  wrap(gpu.queue, 'submit', (submit) => (...args) => {
    counts.submits++;
    submit(...args);
  });
  return counter;
}
