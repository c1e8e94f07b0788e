/** Opens a device. The advice for where there is none is fetched where it is needed. */
import { type AdviceFor, type Device, type DeviceOptions, openDeviceWith } from '../engine/device.ts';

const adviceFor: AdviceFor = async (missing) => (await import('../platform/advice.ts')).adviceFor(missing);

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
