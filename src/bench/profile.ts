/**
 * GPU time of each kernel, from timestamp queries. While profiling, every dispatch gets a pass of its own between two
 * timestamps, so the device runs more slowly than usual. The rest of the library does not notice.
 */
import { greatestDivisor, mean, median } from '../base/statistics.ts';
import { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE } from '../engine/buffer-usage.ts';
import { guardOf } from '../engine/guard.ts';
import { readBuffer } from '../engine/read-buffer.ts';
import { watchdogOf } from '../engine/watchdog.ts';
import { wrap } from './wrap.ts';

const MOST = 2048; // dispatches; a set holds 4096 queries

/** GPU time of one kernel. */
export interface KernelTime {
  /** What it does: `'gemm + bias + relu'`. */
  readonly label: string;
  /** Milliseconds per dispatch: the median, or the mean if timestamps are coarse. */
  readonly milliseconds: number;
  /** Dispatches that were timed. */
  readonly runs: number;
}

/** GPU time of all kernels in a run. */
export interface Profile {
  /** The kernels, in the order of their first dispatch. */
  readonly kernels: readonly KernelTime[];
  /** Nanoseconds that all timestamps are a multiple of. */
  readonly resolution: number;
  /** Whether timestamps are coarse, as browsers and, by default, Dawn make them. */
  readonly coarse: boolean;
}

/**
 * Measures the GPU time of each kernel in a run, by timestamp queries. Every dispatch gets a pass of its own meanwhile, so the
 * run as a whole is slower than usual.
 *
 * @param gpu The `gpu` of a device.
 * @param run Runs the work, and resolves when it is done.
 * @param milliseconds How long to repeat it.
 * @returns The times, or undefined if the device has no timestamp queries.
 */
export async function profile(
  gpu: GPUDevice,
  run: () => Promise<void>,
  milliseconds: number,
): Promise<Profile | undefined> {
  if (!gpu.features.has('timestamp-query')) return undefined;
  const recorder = record(gpu);
  try {
    await run();
    await recorder.read(); // thrown away: first runs of kernels may compile them
    const times = new Map<GPUBindGroup, number[]>();
    const until = performance.now() + milliseconds;
    let divisor = 0n;
    do {
      await run();
      const { spans, stamps } = await recorder.read();
      for (const [i, group] of spans.entries()) {
        if (!times.has(group)) times.set(group, []);
        times.get(group)!.push(Number(stamps[2 * i + 1] - stamps[2 * i]));
      }
      divisor = stamps.reduce(greatestDivisor, divisor);
    } while (performance.now() < until);
    return summary(times, Number(divisor));
  } finally {
    recorder.stop();
  }
}

function summary(times: ReadonlyMap<GPUBindGroup, readonly number[]>, resolution: number): Profile {
  const coarse = resolution >= 10_000;
  const kernels = [...times].map(([{ label }, nanoseconds]) => ({
    label,
    milliseconds: (coarse ? mean : median)(nanoseconds) / 1e6,
    runs: nanoseconds.length,
  }));
  return { kernels, resolution, coarse };
}

/** Times the dispatches of all passes begun from now on, as many as there is room for. */
function record(gpu: GPUDevice) {
  const querySet = gpu.createQuerySet({ type: 'timestamp', count: 2 * MOST });
  const resolved = gpu.createBuffer({ size: 16 * MOST, usage: QUERY_RESOLVE | COPY_SRC });
  const staging = gpu.createBuffer({ size: 16 * MOST, usage: MAP_READ | COPY_DST });
  const explain = (cause: unknown): Promise<never> => Promise.reject(cause);
  const { answer } = watchdogOf('The device');
  const guard = guardOf({ gpu, answer, explain });
  let spans: GPUBindGroup[] = [];
  const timed = (group: GPUBindGroup): GPUComputePassDescriptor => {
    if (spans.length === MOST) return {};
    const beginningOfPassWriteIndex = 2 * spans.length;
    spans.push(group);
    const endOfPassWriteIndex = beginningOfPassWriteIndex + 1;
    return { timestampWrites: { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex } };
  };
  const unwrap = wrap(gpu, 'createCommandEncoder', (create) => (...args) => {
    const encoder: GPUCommandEncoder = create(...args);
    wrap(encoder, 'beginComputePass', (begin) => () => splitPass((group) => begin(timed(group))));
    return encoder;
  });
  return {
    /** What was recorded since the last call: the bind group of each dispatch, and two timestamps for each. */
    async read(): Promise<{ spans: readonly GPUBindGroup[]; stamps: BigUint64Array }> {
      const [taken, bytes] = [spans, 16 * spans.length];
      spans = [];
      guard.run('to resolve timestamps', () => {
        const encoder = gpu.createCommandEncoder();
        encoder.resolveQuerySet(querySet, 0, 2 * taken.length, resolved, 0);
        gpu.queue.submit([encoder.finish()]);
      });
      const stamps = new BigUint64Array(
        await readBuffer({ gpu, wait: answer }, guard, {
          name: 'timestamps',
          parts: [{ from: resolved, at: 0, bytes }],
          staging: () => staging,
          explain,
        }),
      );
      return { spans: taken, stamps };
    },
    stop(): void {
      unwrap();
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}

/** Looks like one pass and begins another for every dispatch. */
function splitPass(begin: (group: GPUBindGroup) => GPUComputePassEncoder): Partial<GPUComputePassEncoder> {
  let pipeline: GPUComputePipeline;
  let bound: Parameters<GPUComputePassEncoder['setBindGroup']>;
  return {
    setPipeline(next) {
      pipeline = next;
    },
    setBindGroup(...next: unknown[]) {
      bound = next as typeof bound;
    },
    dispatchWorkgroups(...size) {
      const pass = begin(bound[1] as GPUBindGroup);
      pass.setPipeline(pipeline);
      pass.setBindGroup(...bound);
      pass.dispatchWorkgroups(...size);
      pass.end();
    },
    end() {},
  };
}
