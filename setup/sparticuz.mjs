// The npm package @sparticuz/chromium: a Chromium for Linux x64, with its SwiftShader and the libraries it needs, as
// archives. It is large, so it has a folder and a lock file of its own. Each part that is used is unpacked once, beside it.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { installPackages } from './packages.mjs';

const folder = fileURLToPath(new URL('chromium', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

export const sparticuzRunsHere = process.platform === 'linux' && process.arch === 'x64';

/** Where a part is unpacked to, by version, so that no older one is taken for it. */
export const unpacked = (part) => join(folder, '.cache', `${part}-${dependencies['@sparticuz/chromium']}`);

/** Installs the package and has `files`, an iterable of [name, bytes], written, unless that was done before. */
export function unpack(part, what, files) {
  const whole = unpacked(part);
  if (existsSync(whole)) return;
  installPackages(folder, `${what} from npm (75 MB)`);
  const half = `${whole}.${process.pid}`;
  for (const [name, bytes] of files()) {
    mkdirSync(dirname(join(half, name)), { recursive: true });
    writeFileSync(join(half, name), bytes, { mode: 0o755 });
  }
  settle(half, whole);
}

/** Renamed only when whole, so that an interrupted run leaves nothing that looks finished. */
function settle(half, whole) {
  try {
    renameSync(half, whole);
  } catch (error) {
    rmSync(half, { recursive: true });
    if (!existsSync(whole)) throw error; // else another run got there first
  }
}

/** An archive of the package, decompressed. */
export const archive = (name) =>
  brotliDecompressSync(readFileSync(join(folder, 'node_modules/@sparticuz/chromium/bin', `${name}.br`)));

/** Plain files of a ustar archive: [name, bytes]. */
export function* filesInTar(tar) {
  const text = (start, length) => tar.toString('latin1', start, start + length).replace(/\0.*$/s, '');
  for (let at = 0; tar[at]; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    if (/^0?$/.test(text(at + 156, 1))) yield [text(at, 100), tar.subarray(at + 512, at + 512 + size)];
    at += 512 * (1 + Math.ceil(size / 512));
  }
}
