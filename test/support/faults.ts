/**
 * A device that fails at one of its calls, in each of the ways in which devices do: with an error in the scope around the call,
 * with a promise that rejects or that never settles, with nothing where a result should be, or because it is lost. What it makes then is refused by the
 * device wherever it is used, as the invalid objects of WebGPU are.
 */
import { type Method, wrap } from '../../src/bench/wrap.ts';
import { MAP_READ, STORAGE } from '../../src/engine/buffer-usage.ts';

/** How a call may fail. After a loss, `lost` tells of it at once, or after the calls that fail because of it, as in a browser. */
export type Failure = 'validation' | 'memory' | 'internal' | 'rejection' | 'never' | 'nothing' | 'loss' | 'late loss';

/** One call, in the order in which they are made. */
export interface Call {
  /** As in `queue.submit`. */
  readonly name: string;
  readonly failures: readonly Failure[];
}

export interface FaultyDevice {
  readonly gpu: GPUDevice;
  /** All calls so far. */
  readonly calls: readonly Call[];
  /** Buffers that were made and not destroyed. */
  readonly live: number;
}

export interface Fault {
  /** Name of the call that fails. */
  readonly name: string;
  /** Which of the calls of that name: 0, 1, ... */
  readonly at: number;
  readonly as: Failure;
}

const errors = {
  validation: class GPUValidationError extends Error {},
  memory: class GPUOutOfMemoryError extends Error {},
  internal: class GPUInternalError extends Error {},
};
const filters = { validation: 'validation', memory: 'out-of-memory', internal: 'internal' } as const;
const isError = (failure: Failure): failure is keyof typeof errors => Object.hasOwn(errors, failure);

const LOSSES = ['loss', 'late loss'] as const;
const REFUSALS = ['validation', 'internal', ...LOSSES] as const;
const ALLOCATIONS = ['memory', ...REFUSALS] as const;
const PROMISES = ['rejection', 'never', ...LOSSES] as const;

const NEVER = new Promise<never>(() => {});

/** How long after a late loss `lost` tells of it. */
const LATE = 30;

export function faulty(gpu: GPUDevice, fault?: Fault): FaultyDevice {
  const calls: Call[] = [];
  const counts = new Map<string, number>();
  const buffers = new Set<GPUBuffer>();
  const scopes: { readonly filter: GPUErrorFilter; error?: Error }[] = [];
  const listeners: ((event: { error: Error; preventDefault(): void }) => void)[] = [];
  let isLost = false;
  let tell: (info: object) => void = () => {};
  const lost = new Promise((resolve) => {
    tell = resolve;
  });
  gpu.lost.then((info) => isLost || tell(info));

  /** Puts an error where the device would: into the innermost scope for it, or to nobody. */
  const report = (kind: keyof typeof errors, name: string): void => {
    const error = new errors[kind](`injected ${kind} error of ${name}`);
    const scope = scopes.findLast(({ filter }) => filter === filters[kind]);
    if (scope) scope.error ??= error;
    else for (const listener of listeners) listener({ error, preventDefault() {} });
  };
  // Dawn may crash where a device is destroyed twice.
  let isDestroyed = false;
  wrap(gpu, 'destroy', (destroy) => () => {
    if (!isDestroyed) destroy();
    isDestroyed = true;
  });
  const lose = (failure: Failure): void => {
    isLost = true;
    setTimeout(() => tell({ reason: 'unknown', message: 'injected loss' }), failure === 'loss' ? 0 : LATE);
    gpu.destroy();
  };
  /** Counts a call; says how it is to fail. */
  const failureOf = (name: string, failures: readonly Failure[]): Failure | undefined => {
    const nth = counts.get(name) ?? 0;
    counts.set(name, nth + 1);
    calls.push({ name, failures });
    if (fault?.name !== name || fault.at !== nth) return undefined;
    if (fault.as === 'loss' || fault.as === 'late loss') lose(fault.as);
    return fault.as;
  };
  const gone = (name: string) => new DOMException(name === 'popErrorScope' ? 'Instance dropped' : '', 'OperationError');
  const isGarbled = () => isLost && fault?.as === 'late loss';

  /** A call that gives something at once; `spoil` gives what the device itself refuses. */
  const watch = <T extends object>(
    object: T,
    name: keyof T & string,
    failures: readonly Failure[],
    spoil: (call: Method, args: unknown[]) => unknown,
    then: (made: never) => void = () => {},
  ): void => {
    wrap(object, name, (call) => (...args) => {
      const failure = failureOf(name, failures);
      if (!failure || !isError(failure)) {
        const made = call(...args);
        then(made as never);
        return made;
      }
      gpuPush('validation');
      const made = spoil(call, args);
      void gpuPop();
      report(failure, name);
      if (made) then(made as never);
      return made;
    });
  };
  /** What a call that gives a promise comes to. */
  const outcome = <T>(name: string, failure: Failure | undefined, result: Promise<T>): Promise<T> => {
    if (failure !== 'rejection' && failure !== 'never' && !isGarbled()) return result;
    result.catch(() => {});
    return failure === 'never' ? NEVER : Promise.reject(gone(name));
  };
  /** A call that gives a promise. */
  const watchPromise = <T extends object>(object: T, name: keyof T & string): void => {
    wrap(object, name, (call) => (...args) => {
      const failure = failureOf(name, PROMISES);
      return outcome(name, failure, call(...args) as Promise<unknown>);
    });
  };

  const gpuPush = gpu.pushErrorScope.bind(gpu);
  const gpuPop = gpu.popErrorScope.bind(gpu);
  Object.defineProperty(gpu, 'lost', { value: lost, configurable: true });
  wrap(gpu, 'addEventListener', () => (_type, listener) => void listeners.push(listener));
  wrap(gpu, 'pushErrorScope', (push) => (filter) => {
    failureOf('pushErrorScope', LOSSES);
    scopes.push({ filter });
    push(filter);
  });
  wrap(gpu, 'popErrorScope', (pop) => () => {
    const failure = failureOf('popErrorScope', PROMISES);
    const { error } = scopes.pop()!;
    const popped = pop() as Promise<GPUError | null>;
    return outcome('popErrorScope', failure, popped).then((found) => error ?? found);
  });

  watch(gpu, 'createBuffer', ALLOCATIONS, (make) => make({ size: 16, usage: MAP_READ | STORAGE }), watchBuffer);
  watch(gpu, 'createBindGroup', REFUSALS, (make, [descriptor]) => make({ ...(descriptor as object), entries: [] }));
  watch(gpu, 'createBindGroupLayout', REFUSALS, (make) =>
    make({ entries: [{ binding: 9999, visibility: 4, buffer: {} }] }),
  );
  watch(gpu, 'createPipelineLayout', REFUSALS, (make, [descriptor]) => {
    const { bindGroupLayouts } = descriptor as GPUPipelineLayoutDescriptor;
    return make({ bindGroupLayouts: Array.from({ length: 99 }, () => [...bindGroupLayouts][0]) });
  });
  watch(
    gpu,
    'createShaderModule',
    REFUSALS,
    (make) => make({ code: 'no shader' }),
    (module: GPUShaderModule) => watchPromise(module, 'getCompilationInfo'),
  );
  watchPromise(gpu, 'createComputePipelineAsync');
  wrap(gpu, 'createCommandEncoder', (make) => (...args) => {
    failureOf('createCommandEncoder', LOSSES);
    const encoder: GPUCommandEncoder = make(...args);
    watch(encoder, 'copyBufferToBuffer', REFUSALS, (_copy) => encoder.popDebugGroup());
    watch(encoder, 'beginComputePass', REFUSALS, (begin) => {
      encoder.popDebugGroup();
      return begin();
    });
    watch(encoder, 'finish', ['memory', ...REFUSALS], (finish) => {
      encoder.popDebugGroup();
      return finish();
    });
    return encoder;
  });
  watch(gpu.queue, 'submit', ALLOCATIONS, () => {});
  watch(gpu.queue, 'writeBuffer', REFUSALS, () => {});
  watchPromise(gpu.queue, 'onSubmittedWorkDone');

  function watchBuffer(buffer: GPUBuffer): void {
    buffers.add(buffer);
    watchPromise(buffer, 'mapAsync');
    wrap(buffer, 'getMappedRange', (get) => (...args) => {
      const failure = failureOf('getMappedRange', ['rejection', 'nothing', ...LOSSES]);
      if (failure === 'nothing') return null;
      if (failure === 'rejection' || isGarbled()) throw gone('getMappedRange');
      return get(...args);
    });
    wrap(buffer, 'destroy', (destroy) => () => {
      buffers.delete(buffer);
      destroy();
    });
  }
  return {
    gpu,
    calls,
    get live() {
      return buffers.size;
    },
  };
}
