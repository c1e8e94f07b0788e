/** Opens a device, with advice at hand for where there is none. */
import { adviceFor } from '../platform/advice.ts';
import { type Device, type DeviceOptions, openDeviceWith } from './device.ts';

/**
 * Opens the fastest WebGPU device, with the highest limits that its adapter offers.
 *
 * @param options Options of `navigator.gpu.requestAdapter`, and `hungAfter`. Default:
 * `{ powerPreference: 'high-performance', hungAfter: 180_000 }`.
 * @throws {ArgumentError} For a flag that is neither true nor false, and a time that is not positive.
 * @throws {DeviceHungError} If the driver gives no answer.
 * @throws {NoAdapterError} If there is no WebGPU, no adapter or no device; the message says what to install or which setting
 * to change.
 */
export const openDevice = (options?: DeviceOptions): Promise<Device> => openDeviceWith(adviceFor, options);
