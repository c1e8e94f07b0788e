/** Node's side of `platform`: files through node:fs, WebGPU through Dawn (the optional package `webgpu`). */
import { appendFile, open, readdir, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { collect, limited, type Opened } from '../base/byte-stream.ts';
import { DataError, NoAdapterError } from '../base/errors.ts';
import { type Folder, platform } from './platform.ts';
import { openSlices, unreadable } from './slices.node.ts';
import type { Store } from './store.ts';
import { waitFor } from './wait.node.ts';
import { isNothing, local, messageOf, writeFile } from './write-file.node.ts';

/** What Dawn is created with, as `disable-dawn-features=...`; pushed to before the first device is opened. */
export const dawnOptions: string[] = [];

/** Dawn crashes once its entry point is collected while a device lives: held here for the life of the process. */
let dawn: Promise<GPU | undefined> | undefined;

platform.gpu = async () => {
  dawn ??= globalThis.navigator?.gpu ? undefined : openDawn();
  return globalThis.navigator?.gpu ?? dawn;
};
platform.waitFor = waitFor;
platform.runtime = async () => {
  const { name, version } = runtimeOf(process.versions);
  return `${name} ${version}, webgpu ${dawnVersion() ?? 'of the runtime'}`;
};
platform.store = () =>
  process.env.RETROGRAD_NO_TUNING_CACHE ? undefined : folderStore(join(cacheRoot(), 'retrograd', 'tuning'));
platform.files = {
  open: openFile,
  openSlices,
  read,
  write: writeFile,
  append,
  list,
  join,
  dataFolder: () => process.env.RETROGRAD_DATA || undefined,
};
platform.cache = () => {
  const where = join(cacheRoot(), 'retrograd');
  return {
    where,
    open: (name) => openFile(join(where, name)),
    write: (name, bytes) => writeFile(join(where, name), bytes),
  };
};

async function openDawn(): Promise<GPU | undefined> {
  try {
    const { create, globals } = await import('webgpu');
    for (const [name, value] of Object.entries(globals)) {
      if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    return create(dawnOptions);
  } catch (cause) {
    if (codeOf(cause) === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw new NoAdapterError(`The package webgpu is installed but fails to load: ${messageOf(cause)}`, { cause });
  }
}

/** What runs this. Deno and Bun give the version of the Node that they stand in for as well. */
export function runtimeOf(versions: Readonly<Record<string, string | undefined>>): { name: string; version: string } {
  const { deno, bun, node = 'unknown' } = versions;
  if (deno) return { name: 'Deno', version: deno };
  return bun ? { name: 'Bun', version: bun } : { name: 'Node', version: node };
}

/** Of the package `webgpu`; undefined where it is not installed, or not needed as the runtime has WebGPU itself. */
export function dawnVersion(): string | undefined {
  if (globalThis.navigator?.gpu) return undefined;
  try {
    return createRequire(import.meta.url)('webgpu/package.json').version;
  } catch {
    return undefined; // an optional package
  }
}

/** Texts as files of a folder. */
function folderStore(folder: string): Store {
  const path = (key: string): string => join(folder, `${key}.json`);
  return {
    async read(key) {
      const bytes = await read(path(key));
      return bytes && new TextDecoder().decode(bytes);
    },
    write: (key, text) => writeFile(path(key), new TextEncoder().encode(text)),
  };
}

/** Bytes of a file that is read whole. */
const MOST = 2 ** 31;

/** Throws DataError where there is a file that cannot be read, or that is too long for that. */
async function read(path: string): Promise<Uint8Array | undefined> {
  const opened = await openFile(path);
  return opened && collect(limited(opened, MOST));
}

/** What is no regular file tells no size, and may have no end. */
async function openFile(path: string): Promise<Opened | undefined> {
  try {
    const about = await stat(local(path));
    const size = about.isFile() ? about.size : undefined;
    return { where: path, size, parts: partsOf(path, size) };
  } catch (cause) {
    if (isNothing(cause)) return undefined;
    throw unreadable(path, cause);
  }
}

/** Throws DataError where the disk or the rights do not allow it. */
async function append(path: string, text: string): Promise<void> {
  try {
    await appendFile(local(path), text);
  } catch (cause) {
    throw new DataError(`${path}: cannot be written: ${messageOf(cause)}`, { cause });
  }
}

/** Bytes of a part; of thousands of small files, memory for more would take most of the time. */
const PART = { least: 2 ** 12, most: 2 ** 20 };

async function* partsOf(path: string, size = PART.most): AsyncGenerator<Uint8Array, void> {
  const length = Math.min(Math.max(size, PART.least), PART.most);
  try {
    const file = await open(local(path));
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Links that lead nowhere are left out. */
async function list(where: string): Promise<Folder | undefined> {
  try {
    const path = local(where);
    const entries = await readdir(path, { withFileTypes: true });
    const found = await Promise.all(
      entries.map(async (entry) => ({
        name: entry.name,
        kind: entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => undefined) : entry,
      })),
    );
    const namesOf = (is: 'isFile' | 'isDirectory') =>
      found
        .filter(({ kind }) => kind?.[is]())
        .map(({ name }) => name)
        .sort();
    return { path, real: await realpath(path), files: namesOf('isFile'), folders: namesOf('isDirectory') };
  } catch (cause) {
    if (isNothing(cause)) return undefined;
    throw unreadable(where, cause);
  }
}

function cacheRoot(): string {
  if (process.platform === 'win32') return process.env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);
