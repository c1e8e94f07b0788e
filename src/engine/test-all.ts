/** Tests every kernel of the library on a device. */
import { ops } from '../ops/index.ts';
import type { Device } from './device.ts';
import { passes } from './self-test.ts';

/** Tests every kernel that this device may use. */
export async function testAll(device: Device): Promise<void> {
  const probes = ops.flatMap((op) => (op.kind === 'kernel' && op.probe) || []);
  for (const probe of probes) for (const form of probe.forms(device.info)) await passes(device, form, ops);
}
