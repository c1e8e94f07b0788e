/** Opens a WebGPU device in a browser, a worker or Node, and watches it: loss, uncaught errors, memory in use. */
import { checkFlag, checkNumber, member } from '../base/arguments.ts';
import {
  type Advice,
  DeviceHungError,
  DeviceLostError,
  type Missing,
  NoAdapterError,
  OutOfMemoryError,
  RetrogradError,
  ShaderError,
} from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { type LinkedShader, locate } from '../compiler/link.ts';
import { platform } from '../platform/platform.ts';
import '../platform/global-types.ts';
import { refusal } from './guard.ts';
import { watchdogOf } from './watchdog.ts';

/** What is known about a device. */
export interface DeviceInfo {
  /** Card and driver, for people: `'llvmpipe-llvm-15-0-6-256-bits, llvmpipe: Mesa 25.0.7 (LLVM 15.0.6) 0.0.1'`. */
  readonly name: string;
  /** Vendor of the adapter, as WebGPU reports it; may be empty. */
  readonly vendor: string;
  /** Architecture of the adapter, as WebGPU reports it; may be empty. */
  readonly architecture: string;
  /** Whether it runs on the CPU, as lavapipe and SwiftShader do. */
  readonly software: boolean;
  /** Smallest number of lanes in a subgroup; 0 if the device has no subgroups. */
  readonly subgroup: number;
  /** Kernels that are not used on this device since they did not compile or gave wrong results: `'gemm_subgroup: ...'`. */
  readonly unavailable: readonly string[];
}

/** A WebGPU device that nets run on; made by {@link openDevice}. */
export interface Device {
  /** The device of WebGPU, for work of your own on it. */
  readonly gpu: GPUDevice;
  /** What is known about it. */
  readonly info: DeviceInfo;
  /**
   * Why a kernel is not used, by its file.
   *
   * @internal
   */
  readonly faults: Map<string, string>;
  /** Bytes in all buffers of the nets on it. */
  readonly bytesInUse: number;
  /**
   * Makes buffers, all or none. Throws OutOfMemoryError.
   *
   * @internal
   */
  createBuffers(descriptors: readonly GPUBufferDescriptor[]): Promise<GPUBuffer[]>;
  /** @internal */
  destroyBuffer(buffer: GPUBuffer): void;
  /**
   * The pipeline of a linked shader, made once per text, as long as the text is among the last few hundred. Throws ShaderError
   * naming the file and its line.
   *
   * @internal
   */
  pipeline(shader: LinkedShader, label: string): Promise<GPUComputePipeline>;
  /**
   * A promise of the driver, which rejects with DeviceHungError where the driver hangs; `what` says what it is for, as in
   * 'to read W1'.
   *
   * @internal
   */
  answer<T>(work: Promise<T>, what: string): Promise<T>;
  /**
   * As `answer`, for what the device is working on.
   *
   * @internal
   */
  wait<T>(work: Promise<T>, what: string): Promise<T>;
  /**
   * Throws what happened to the device since the last call: DeviceLostError, DeviceHungError, or an error of work that is nobody's, such as
   * the page's own; each net has a `Guard` for its own.
   *
   * @internal
   */
  assertAlive(): void;
  /**
   * For a call that failed: rejects with DeviceLostError or DeviceHungError if the device is gone, else with an error that says so; `what` says
   * what it was for, as in 'to read W1'.
   *
   * @internal
   */
  explain(cause: unknown, what: string): Promise<never>;
  /**
   * Opens another device in the same way.
   *
   * @internal
   */
  reopen?(): Promise<Device>;
  /** Destroys the device and everything on it. */
  destroy(): void;
}

/** Whether an error says that a device is gone, with everything on it. */
export const isGone = (error: unknown): error is DeviceLostError | DeviceHungError =>
  error instanceof DeviceLostError || error instanceof DeviceHungError;

/** The limits that a device has as high as its adapter offers. The others are those that all devices have. */
export const RAISED = [
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxStorageBuffersPerShaderStage',
  'minUniformBufferOffsetAlignment',
] as const;

/** What to do where something is missing, in this browser. */
export type AdviceFor = (missing: Missing) => Advice | Promise<Advice>;

/** Options of `openDevice`: those of `navigator.gpu.requestAdapter`, and its own. */
export interface DeviceOptions extends GPURequestAdapterOptions {
  /**
   * Milliseconds without any answer of the driver, after which calls that wait for it reject with DeviceHungError. Time in which
   * the machine sleeps does not count. Default: 180,000.
   */
  readonly hungAfter?: number;
  // Those of GPURequestAdapterOptions are listed for programs without the types of WebGPU.
  /** Which of several adapters the browser prefers. Default: `'high-performance'`. */
  powerPreference?: 'low-power' | 'high-performance';
  /** Whether to ask for the software adapter. Default: false. */
  forceFallbackAdapter?: boolean;
  /** Whether the adapter has to suit a WebXR session. Default: false. */
  xrCompatible?: boolean;
  /** `'core'`, or `'compatibility'` for less than all of WebGPU. Default: `'core'`. */
  featureLevel?: string;
}

/**
 * Opens the fastest WebGPU device, with the highest limits that its adapter offers. Throws ArgumentError, NoAdapterError and
 * DeviceHungError.
 */
export async function openDeviceWith(adviceFor: AdviceFor, options: DeviceOptions = {}): Promise<Device> {
  for (const name of ['forceFallbackAdapter', 'xrCompatible'] as const)
    checkFlag(`openDevice: ${name}`, member(options, name));
  const hungAfter = member(options, 'hungAfter') as number | undefined;
  if (hungAfter !== undefined)
    checkNumber('openDevice: hungAfter', hungAfter, 'a positive number of milliseconds', (ms) => ms > 0);
  const gpu = await platform.gpu();
  const noAdapter = noAdapterWith(adviceFor);
  if (!gpu) throw await noAdapter(`This ${runtime()} has no WebGPU.`, 'webgpu');
  const driver = watchdogOf('The driver', hungAfter);
  const adapter = await driver.answer(adapterOf(gpu, options), 'to find an adapter').catch(async (cause: unknown) => {
    driver.assertAnswers();
    const why = String(member(cause, 'message') ?? showValue(cause));
    throw await noAdapter(`WebGPU is available, but the request for an adapter failed: ${why}.`, 'adapter', cause);
  });
  if (!adapter) throw await noAdapter('WebGPU is available, but it found no adapter.', 'adapter');
  const requiredLimits = Object.fromEntries(RAISED.map((name) => [name, adapter.limits[name]]));
  const info = infoOf(adapter);
  const features = ['subgroups', 'timestamp-query'] as const;
  const requiredFeatures = features.filter((name) => adapter.features.has(name));
  const asked = adapter.requestDevice({ requiredLimits, requiredFeatures });
  const device = await driver.answer(asked, 'to open a device').catch(async (cause: Error) => {
    asked.then((late) => late.destroy()).catch(() => {}); // nobody has it
    driver.assertAnswers();
    throw await noAdapter(`The adapter "${info.name}" did not provide a device: ${cause.message}`, 'device', cause);
  });
  return watch(device, info, { hungAfter, reopen: () => openDeviceWith(adviceFor, options) });
}

/** Null where there is none. A browser that blocks WebGPU, or options that it does not know, make it reject. */
const adapterOf = async (gpu: GPU, options: GPURequestAdapterOptions): Promise<GPUAdapter | null> =>
  gpu.requestAdapter({ powerPreference: 'high-performance', ...options });

/** Whether a value is one, opened by the caller. */
export const isDevice = (value: unknown): value is Device =>
  ['createBuffers', 'destroyBuffer', 'pipeline'].every((name) => typeof member(value, name) === 'function') &&
  typeof member(value, 'gpu') === 'object' &&
  typeof member(value, 'info') === 'object';

const inNode = (): boolean => typeof process !== 'undefined' && Boolean(process.versions?.node);
const runtime = (): string => (inNode() ? 'Node process' : 'browser');

/** The error that says what to do about it, and the way without. */
const noAdapterWith =
  (adviceFor: AdviceFor) =>
  async (what: string, missing: Missing, cause?: unknown): Promise<NoAdapterError> => {
    const advice = inNode() ? undefined : await adviceFor(missing);
    const remedy = advice ? remedyIn(advice) : remedyInNode(missing);
    return new NoAdapterError(`${what} ${remedy} Or pass device: 'cpu'.`, { missing, advice, cause });
  };

const remedyIn = ({ here }: Advice): string =>
  here
    ? `${here.title}: ${here.steps.join(' ')}`
    : 'Use a current Chrome, Edge, Safari or Firefox on a machine with a GPU.';

function remedyInNode(missing: Missing): string {
  if (missing === 'webgpu') return 'WebGPU in Node needs the npm package webgpu: npm install webgpu.';
  const driver = {
    linux: 'a Vulkan driver (without a GPU: mesa-vulkan-drivers 24 or newer)',
    darwin: 'macOS with Metal',
    win32: 'a DirectX 12 driver',
  };
  return `WebGPU in Node needs ${driver[process.platform as 'linux'] ?? driver.linux}.`;
}

/** What the adapter says about itself. */
type AdapterFacts = Omit<DeviceInfo, 'unavailable'>;

function infoOf({ info, features }: GPUAdapter): AdapterFacts {
  const { vendor, architecture, device, description } = info;
  // On Dawn the description is of the driver and the device is the card; a browser may hide both.
  const card = [device.replace(/-+$/, ''), description].filter(Boolean).join(', ');
  const name = card || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter';
  const subgroup = features.has('subgroups') ? (info.subgroupMinSize ?? 0) : 0;
  return { name, vendor, architecture, software: Boolean(info.isFallbackAdapter), subgroup };
}

/** Pipelines that are kept for the next net. Each takes about 0.3 MB on lavapipe; those of a large net are some hundred. */
const MOST_PIPELINES = 512;

/** A Device around a GPUDevice that the caller opened. */
export function watch(
  gpu: GPUDevice,
  facts: AdapterFacts,
  { hungAfter, reopen }: Pick<DeviceOptions, 'hungAfter'> & Pick<Device, 'reopen'> = {},
): Device {
  const faults = new Map<string, string>();
  const info: DeviceInfo = {
    ...facts,
    get unavailable() {
      return [...faults].map(([kernel, why]) => `${kernel}: ${why}`);
    },
  };
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const live = new Map<GPUBuffer, number>();
  const { answer, assertAnswers } = watchdogOf(`The device "${info.name}"`, hungAfter);
  let trouble: RetrogradError | undefined;
  let lost: DeviceLostError | undefined;
  const lose = (how: string, options: ErrorOptions & { reason?: 'destroyed' | 'unknown' } = {}): void => {
    lost ??= new DeviceLostError(`The device "${info.name}" is lost, with everything on it: ${how}.`, options);
  };
  const hear = (event: GPUUncapturedErrorEvent): void => {
    event.preventDefault();
    // By its name, since not every runtime has the class as a global.
    const isMemory = event.error.constructor.name === 'GPUOutOfMemoryError';
    const Trouble = isMemory ? OutOfMemoryError : RetrogradError;
    trouble ??= new Trouble(`The device reported an error: ${event.error.message}`);
  };
  gpu.addEventListener('uncapturederror', hear);
  gpu.lost.then(({ reason, message }) => {
    // Dawn keeps a listener for good, with all that it refers to: this device, and the nets on it.
    gpu.removeEventListener('uncapturederror', hear);
    lose(reason === 'destroyed' ? 'it was destroyed' : message || 'the driver gave no reason', { reason });
  });
  const inUse = (): number => [...live.values()].reduce((sum, bytes) => sum + bytes, 0);
  const device: Device = {
    gpu,
    info,
    faults,
    get bytesInUse() {
      return inUse();
    },
    answer,
    wait: (work, what) => (info.software ? platform.waitFor(answer(work, what)) : answer(work, what)),
    assertAlive() {
      if (lost) throw lost;
      assertAnswers();
      const error = trouble;
      trouble = undefined;
      if (error) throw error;
    },
    async explain(cause, what) {
      if (cause instanceof DeviceHungError) throw cause;
      // The failure of a call may be heard of before the loss that caused it.
      await Promise.race([gpu.lost, new Promise((resolve) => setTimeout(resolve, 1000))]);
      if (meansLoss(cause)) lose('its process is gone', { cause });
      device.assertAlive();
      throw new RetrogradError(`The device failed ${what}: ${member(cause, 'message') ?? showValue(cause)}`, { cause });
    },
    async createBuffers(descriptors) {
      device.assertAlive();
      const asked = descriptors.reduce((sum, { size }) => sum + size, 0);
      const buffers: GPUBuffer[] = [];
      const make = (): void => {
        for (const descriptor of descriptors) buffers.push(gpu.createBuffer(descriptor));
      };
      try {
        const refused = await refusal(device, 'to create buffers', make);
        if (refused) {
          const what = `${descriptors.length} buffers of ${asked} bytes in total, with ${inUse()} bytes in use`;
          throw new OutOfMemoryError(`Could not create ${what}: ${refused.message}`);
        }
      } catch (error) {
        for (const buffer of buffers) buffer.destroy();
        throw error;
      }
      buffers.forEach((buffer, i) => void live.set(buffer, descriptors[i].size));
      return buffers;
    },
    destroyBuffer(buffer) {
      buffer.destroy();
      live.delete(buffer);
    },
    pipeline(shader, label) {
      const made = pipelines.get(shader.code) ?? createPipeline(device, shader, label);
      // At the end of the order of a Map, which begins with what was asked for least recently.
      pipelines.delete(shader.code);
      pipelines.set(shader.code, made);
      if (pipelines.size > MOST_PIPELINES) pipelines.delete(pipelines.keys().next().value!);
      made.catch(() => pipelines.get(shader.code) === made && pipelines.delete(shader.code));
      return made;
    },
    reopen,
    destroy() {
      if (lost) return; // Dawn may crash where a device is destroyed twice
      lose('it was destroyed', { reason: 'destroyed' });
      gpu.destroy();
    },
  };
  return device;
}

/** What calls fail with where the process of the device is gone, though nothing else says so: browsers have no word for it. */
const meansLoss = (cause: unknown): boolean =>
  member(cause, 'name') === 'OperationError' && /^$|Instance/.test(String(member(cause, 'message')));

async function createPipeline(device: Device, shader: LinkedShader, label: string): Promise<GPUComputePipeline> {
  const { gpu, explain, answer, wait } = device;
  const what = `to make ${label}`;
  let module: GPUShaderModule | undefined;
  let layout: GPUPipelineLayout | undefined;
  const refused = await refusal(device, what, () => {
    module = gpu.createShaderModule({ code: shader.code, label });
    const group = gpu.createBindGroupLayout({ entries: layoutEntries(shader) });
    layout = gpu.createPipelineLayout({ bindGroupLayouts: [group] });
  });
  const info = await answer(module!.getCompilationInfo(), what).catch((cause) => explain(cause, what));
  const messages = info.messages.filter(({ type }) => type === 'error');
  if (messages.length > 0) {
    const lines = messages.map(({ lineNum, message }) => `  ${locate(shader, lineNum)}: ${message}`);
    const concerned = [...(shader.tensors ?? [])].map(([name, tensor]) => `${name} = ${tensor}`).join(', ');
    throw new ShaderError([
      `${label}: the shader failed to compile:`,
      ...lines.flatMap((line) => line.split('\n')),
      ...(concerned ? [`  with ${concerned}`] : []),
    ]);
  }
  if (refused) throw new ShaderError(`${label}: ${refused.message}`.split('\n'));
  const compute = { module: module!, entryPoint: 'main' };
  try {
    return await wait(gpu.createComputePipelineAsync({ label, layout: layout!, compute }), what);
  } catch (cause) {
    if (meansLoss(cause)) return explain(cause, what);
    device.assertAlive();
    throw new ShaderError(`${label}: could not create the pipeline: ${(cause as Error).message}`, { cause });
  }
}

function layoutEntries({ storage, usesStep }: LinkedShader): GPUBindGroupLayoutEntry[] {
  const entries = storage.map(({ access }, binding): GPUBindGroupLayoutEntry => {
    const type = access === 'read' ? 'read-only-storage' : 'storage';
    return { binding, visibility: 4 /* GPUShaderStage.COMPUTE */, buffer: { type } };
  });
  if (usesStep) {
    entries.push({ binding: storage.length, visibility: 4, buffer: { type: 'uniform', hasDynamicOffset: true } });
  }
  return entries;
}
