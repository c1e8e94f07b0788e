/** Opens a device. The advice for where there is none is fetched where it is needed. */
import { type AdviceFor, type Device, openDeviceWith } from '../engine/device.ts';

const adviceFor: AdviceFor = async (missing) => (await import('../platform/advice.ts')).adviceFor(missing);

/**
 * Opens the fastest WebGPU device, with the highest limits that its adapter offers.
 *
 * @param options Options of `navigator.gpu.requestAdapter`. Default: `{ powerPreference: 'high-performance' }`.
 * @throws {ArgumentError} For a flag that is neither true nor false.
 * @throws {NoAdapterError} If there is no WebGPU, no adapter or no device; the message says what to install or which setting
 * to change.
 */
export const openDevice = (options?: GPURequestAdapterOptions): Promise<Device> => openDeviceWith(adviceFor, options);
