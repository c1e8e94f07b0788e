// Packages of the system, on Linux with apt.
import { existsSync } from 'node:fs';
import { quietly } from './shell.mjs';

/** Whether packages can be installed by it: as root. */
export const aptRunsHere = process.platform === 'linux' && process.getuid() === 0 && existsSync('/usr/bin/apt-get');

export function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return quietly('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], { env });
}

/** Some unrelated source may be out of order; what apt then offers is what counts. */
export function update() {
  try {
    apt('update');
  } catch {}
}

export const install = (...args) => apt('install', '-y', '--no-install-recommends', ...args);
