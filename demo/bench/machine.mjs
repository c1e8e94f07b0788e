// What a result needs to be worth anything later: the adapter, the machine, the versions.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';

const require = createRequire(import.meta.url);

export async function machine() {
  const { retrograd } = await import('./library.mjs'); // not before it is asked for: a build may not be there yet
  const device = await retrograd.openDevice();
  const { name, vendor, architecture } = device.info;
  device.destroy();
  const { version } = JSON.parse(readFileSync(require.resolve('webgpu/package.json'), 'utf8'));
  return {
    adapter: name,
    vendor,
    architecture,
    driver: process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES ?? 'the default one of the machine',
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    dawn: `webgpu ${version}`,
    platform: `${process.platform} ${process.arch}`,
    date: new Date().toISOString(),
  };
}
