// What a result needs to be worth anything later: the adapter, the machine, the versions.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';

const require = createRequire(import.meta.url);

export async function machine() {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  const { vendor, architecture, device, description } = adapter.info;
  const { version } = JSON.parse(readFileSync(require.resolve('webgpu/package.json'), 'utf8'));
  return {
    adapter: [device.replace(/-+$/, ''), description].filter(Boolean).join(', ') || `${vendor} ${architecture}`.trim(),
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
