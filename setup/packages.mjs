// npm packages of a folder, exactly as its package-lock.json has them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quietly, say } from './shell.mjs';

/** `npm ci` in a folder of this project, unless what is installed there is already what its lock file asks for. */
export function installPackages(folder, what) {
  if (upToDate(folder)) return;
  say(`Installing ${what} ...`);
  npm(['ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: folder });
}

export function npm(args, options, run = quietly) {
  const path = process.env.npm_execpath;
  if (path?.endsWith('npm-cli.js')) return run(process.execPath, [path, ...args], options);
  return run('npm', args, { ...options, shell: process.platform === 'win32' }); // there it is npm.cmd, which needs a shell
}

/** npm notes what it installed in node_modules; packages for other platforms are in the lock file but not there. */
function upToDate(folder) {
  const wanted = packagesIn(join(folder, 'package-lock.json'));
  const installed = packagesIn(join(folder, 'node_modules/.package-lock.json'));
  const same = ([path, { version, integrity }]) =>
    wanted[path]?.version === version && wanted[path].integrity === integrity;
  const present = ([path, { optional }]) => path === '' || optional || path in installed;
  return Object.entries(installed).every(same) && Object.entries(wanted).every(present);
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
