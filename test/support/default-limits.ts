/**
 * A setup file: every device has the default limits of the WebGPU specification, which all devices have, whatever the adapter
 * offers: 8 storage buffers in a dispatch, 128 MiB in a binding, 256 MiB in a buffer.
 */
import { platform } from '../../src/platform/platform.ts';
import '../../src/platform/platform.node.ts';
import { over } from './over.ts';

const { gpu: open } = platform;
const limits = {
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxStorageBuffersPerShaderStage: 8,
  minUniformBufferOffsetAlignment: 256,
};

platform.gpu = async () => {
  const gpu = await open();
  return (
    gpu &&
    over(gpu, { requestAdapter: async (how: GPURequestAdapterOptions) => limited(await gpu.requestAdapter(how)) })
  );
};

/** Without limits that are asked for, a device has the defaults. */
const limited = (adapter: GPUAdapter | null): GPUAdapter | null =>
  adapter &&
  over(adapter, {
    limits: over(adapter.limits, limits),
    async requestDevice(descriptor: GPUDeviceDescriptor) {
      const device = await adapter.requestDevice({ ...descriptor, requiredLimits: {} });
      for (const [name, value] of Object.entries(limits)) {
        const found = device.limits[name as keyof typeof limits];
        if (found !== value) throw new Error(`${name} is ${found}, not the default of ${value}`);
      }
      return device;
    },
  });
