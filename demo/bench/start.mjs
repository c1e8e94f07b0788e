// `npm run race` on a machine that has Node and nothing else: packages, a WebGPU adapter, a build, the peers, the race.
// RETROGRAD_NO_INSTALL=1 keeps it from installing Vulkan drivers.
import { fileURLToPath } from 'node:url';
import { findAdapter } from '../../setup/adapter.mjs';
import { installPackages, npm } from '../../setup/packages.mjs';
import { foreground, say } from '../../setup/shell.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

async function start(args) {
  installPackages(root, 'npm packages');
  const { adapter, environment, reason } = findAdapter();
  if (!adapter) throw new Error(reason);
  say('Building ...'); // always: what races is what is in the sources
  npm(['run', 'build'], { cwd: root });
  installPackages(here, 'the peers, from npm (330 MB)');
  const env = { ...process.env, ...environment };
  return foreground(process.execPath, [`${here}race.mjs`, ...args], { env });
}

try {
  process.exitCode = await start(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
