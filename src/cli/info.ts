/** `retrograd info` */
import { Command } from 'commander';
import { testAll } from '../engine/test-all.ts';
import { type DeviceInfo, NoAdapterError, openDevice } from '../index.node.ts';
import { platform } from '../platform/platform.ts';
import { addOutputOptions, type OutputFlags } from './options.ts';
import { integer, outputOf } from './output.ts';
import { versions } from './version.ts';

export const infoCommand = (): Command =>
  addOutputOptions(
    new Command('info').description(
      'Shows the WebGPU adapter with its self-test and limits, the data folders and the versions.',
    ),
  )
    .addHelpText('after', help)
    .action(info);

const help = `
Example:
  retrograd info --json

With --json there is one event, "info" or "error". A missing adapter is not an error: "adapter" is null and "reason" says why.`;

interface Gpu extends Omit<DeviceInfo, 'name'> {
  adapter: string;
  limits: Record<string, number>;
}

async function info(flags: OutputFlags): Promise<void> {
  const { emit, say } = outputOf(flags);
  const gpu = await inspect();
  const folders = { dataFolder: platform.files!.dataFolder() ?? null, cacheFolder: platform.cache()!.where };
  emit({ event: 'info', ...gpu, ...folders, versions: versions() });
  say(gpu.adapter === null ? section('adapter', { none: gpu.reason }) : describe(gpu));
  say(section('data', { RETROGRAD_DATA: folders.dataFolder ?? 'not set', 'cache folder': folders.cacheFolder }));
  say(section('versions', versions()));
}

async function inspect(): Promise<Gpu | { adapter: null; reason: string }> {
  try {
    const device = await openDevice();
    await testAll(device);
    const { name: adapter, ...more } = device.info;
    const limits = Object.fromEntries(limitNames.map((name) => [name, device.gpu.limits[name]]));
    device.destroy();
    return { adapter, ...more, limits };
  } catch (error) {
    if (!(error instanceof NoAdapterError)) throw error;
    return { adapter: null, reason: error.message };
  }
}

/** Those that bound networks and data sets, or shape the kernels. */
const limitNames = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
] as const;

function describe({ adapter, vendor, architecture, software, unavailable, limits }: Gpu): string {
  const about = {
    name: adapter,
    vendor,
    architecture,
    software: software ? 'yes, it runs on the CPU' : 'no',
    'self-test': unavailable.join('; ') || 'passed',
  };
  const numbers = Object.entries(limits).map(([name, limit]) => [name, integer(limit)]);
  return `${section('adapter', about)}\n${section('limits', Object.fromEntries(numbers))}`;
}

/** A heading, then a line per entry. */
function section(title: string, entries: Record<string, string | null>): string {
  const lines = Object.entries(entries).map(([name, value]) => `  ${name.padEnd(34)}${value || '-'}`);
  return [title, ...lines].join('\n');
}
