// Deno, Bun and other versions of TypeScript and Vite from npm, for the tests of the package in them. They are large, so they
// have a folder and a lock file of their own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './packages.mjs';

const folder = fileURLToPath(new URL('consumers', import.meta.url));

/** Where a file of one of the packages is; undefined where it is not installed. */
export function consumer(path) {
  const found = join(folder, 'node_modules', path);
  return existsSync(found) ? found : undefined;
}

export const missing = 'not installed: `npm test` does it, where RETROGRAD_NO_INSTALL=1 does not forbid it';

/** Installs them, or throws why it cannot. */
export const installConsumers = () =>
  installPackages(folder, 'Deno, Bun, TypeScript 6 and 7, and Vite 7 from npm (120 MB)');
