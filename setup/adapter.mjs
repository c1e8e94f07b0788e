// A WebGPU adapter on any machine: the one it has; else, on Linux, a software driver.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installMesa, mesaRunsHere } from './mesa.mjs';
import { say } from './shell.mjs';
import {
  installSwiftShader,
  swiftShaderEnvironment,
  swiftShaderIsInstalled,
  swiftShaderRunsHere,
} from './swiftshader.mjs';

export const mayInstall = process.env.RETROGRAD_NO_INSTALL !== '1';

const drivers = [
  {
    name: 'Mesa',
    available: mesaRunsHere && mayInstall,
    install: installMesa,
    environment: () => ({}),
  },
  {
    name: 'SwiftShader',
    available: swiftShaderRunsHere && (mayInstall || swiftShaderIsInstalled()),
    install: installSwiftShader,
    environment: swiftShaderEnvironment,
  },
];

/** The adapter's info and the environment in which Dawn finds it; with no adapter to be had, null and the `reason`. */
export function findAdapter() {
  try {
    return adapterOfThisMachine() ?? adapterOfSoftware();
  } catch (error) {
    return { adapter: null, environment: {}, reason: error.message };
  }
}

function adapterOfThisMachine() {
  const adapter = probeAdapter();
  return adapter && { adapter, environment: {} };
}

function adapterOfSoftware() {
  const chosen = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  // Whoever names a driver wants that one and no other.
  if (chosen) throw new Error(`The Vulkan driver named by the environment provides no WebGPU adapter: ${chosen}`);
  if (!mayInstall) say('RETROGRAD_NO_INSTALL=1: no Vulkan driver will be installed.');
  for (const driver of drivers.filter(({ available }) => available)) {
    try {
      driver.install();
      const environment = driver.environment();
      const adapter = probeAdapter(environment);
      if (adapter) return { adapter, environment };
      say(`${driver.name} is installed, but provides no WebGPU adapter.`);
    } catch (error) {
      say(`${driver.name} could not be installed: ${error.message}`);
    }
  }
  throw new Error(howToGetAnAdapter());
}

function howToGetAnAdapter() {
  if (process.platform !== 'linux') return 'No WebGPU adapter: update the driver of your GPU.';
  return [
    'No WebGPU adapter: install the Vulkan driver of your GPU, or Mesa 24 or newer, which runs on the CPU:',
    '  Debian 12:       apt install -t bookworm-backports mesa-vulkan-drivers libvulkan1',
    '  Debian, Ubuntu:  apt install mesa-vulkan-drivers libvulkan1',
    '  Fedora:          dnf install mesa-vulkan-drivers vulkan-loader',
  ].join('\n');
}

// An adapter that gives no device is no adapter: some drivers fail only there.
const probe = `
  import { create } from 'webgpu';
  globalThis.gpu = create([]); // what is made from it lives only as long as it is reachable
  const adapter = await gpu.requestAdapter();
  const device = await adapter?.requestDevice();
  const { vendor, architecture, description } = adapter?.info ?? {};
  console.log(JSON.stringify(adapter ? { vendor, architecture, description } : null));
  device?.destroy();
`;

/** What Dawn finds, in a process of its own: a driver that crashes or hangs takes only that with it. */
function probeAdapter(environment = {}) {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', probe], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    timeout: 60_000,
  });
  const found = /^\{.*\}$/m.exec(stdout);
  if (found) return JSON.parse(found[0]);
  if (!/ERR_DLOPEN_FAILED|MODULE_NOT_FOUND/.test(stderr)) return null;
  const reason = /^Error: (.*)$/m.exec(stderr)?.[1];
  throw new Error(`Dawn, the npm package "webgpu", fails to load on this machine: ${reason}`);
}
