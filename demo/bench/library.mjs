// retrograd as its users import it: the built package two folders up, or in RETROGRAD_LIBRARY, found through its own list of
// exports.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const { RETROGRAD_LIBRARY } = process.env;
const manifest = RETROGRAD_LIBRARY
  ? pathToFileURL(join(RETROGRAD_LIBRARY, 'package.json'))
  : new URL('../../package.json', import.meta.url);
const { resolve } = createRequire(manifest);
const entry = (name) => import(pathToFileURL(resolve(name)).href);

export const retrograd = await entry('retrograd');
export const data = await entry('retrograd/data');

/** The entry with the library's own kernels one by one, or undefined in a build that has none yet. */
export async function kernels() {
  try {
    return await entry('retrograd/bench');
  } catch (error) {
    if (['ERR_PACKAGE_PATH_NOT_EXPORTED', 'MODULE_NOT_FOUND'].includes(error.code)) return undefined;
    throw error;
  }
}

/** Version and commit; a '+' says that the sources are not those of the commit. */
export function version() {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const git = (...args) => execFileSync('git', args, { cwd: fileURLToPath(new URL('.', manifest)), encoding: 'utf8' });
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', 'src', 'shaders') && '+';
    return `${version} (${git('rev-parse', '--short', 'HEAD').trim()}${changed})`;
  } catch {
    return version; // not a clone
  }
}
