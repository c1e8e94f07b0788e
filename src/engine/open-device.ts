/** Opens a device, with advice at hand for where there is none. */
import { adviceFor } from '../platform/advice.ts';
import { type Device, openDeviceWith } from './device.ts';

/**
 * Opens the fastest WebGPU device, with the highest limits that its adapter offers.
 *
 * @param options Options of `navigator.gpu.requestAdapter`. Default: `{ powerPreference: 'high-performance' }`.
 * @throws {ArgumentError} For a flag that is neither true nor false.
 * @throws {NoAdapterError} If there is no WebGPU, no adapter or no device; the message says what to install or which setting
 * to change.
 */
export const openDevice = (options?: GPURequestAdapterOptions): Promise<Device> => openDeviceWith(adviceFor, options);
