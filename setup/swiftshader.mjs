// SwiftShader, a Vulkan driver that runs on the CPU, out of the npm package @sparticuz/chromium: no root, no system
// package, 3-6 times slower than lavapipe. The package brings a whole browser, so it has a folder and a lock file of its own.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { installPackages } from './packages.mjs';

const folder = fileURLToPath(new URL('swiftshader', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const unpacked = join(folder, '.cache', dependencies['@sparticuz/chromium']);

export const swiftShaderRunsHere = process.platform === 'linux' && process.arch === 'x64';
export const swiftShaderIsInstalled = () => existsSync(unpacked);

/** Installs it where it is not there yet, or throws why it cannot. */
export function installSwiftShader() {
  if (swiftShaderIsInstalled()) return;
  installPackages(folder, 'SwiftShader, a software Vulkan driver, from npm (75 MB)');
  const archive = readFileSync(join(folder, 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br'));
  const half = `${unpacked}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  for (const [name, bytes] of filesInTar(brotliDecompressSync(archive))) {
    if (/vulkan|vk_swiftshader/.test(name)) writeFileSync(join(half, name), bytes); // its OpenGL is of no use here
  }
  settle(half);
}

/** Renamed only when whole, so that an interrupted run leaves nothing that looks finished. */
function settle(half) {
  try {
    renameSync(half, unpacked);
  } catch (error) {
    rmSync(half, { recursive: true });
    if (!swiftShaderIsInstalled()) throw error; // else another run got there first
  }
}

/**
 * The environment in which Dawn finds SwiftShader and no other driver. It has to be there when the process starts.
 * The package's own Vulkan loader comes along, for machines that have none.
 */
export function swiftShaderEnvironment() {
  const icd = join(unpacked, 'vk_swiftshader_icd.json');
  const libraries = [unpacked, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return { VK_DRIVER_FILES: icd, VK_ICD_FILENAMES: icd, LD_LIBRARY_PATH: libraries };
}

/** Plain files of a ustar archive, by name without folder. */
function* filesInTar(tar) {
  const text = (start, length) => tar.toString('latin1', start, start + length).replace(/\0.*$/s, '');
  for (let at = 0; tar[at]; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    if (/^0?$/.test(text(at + 156, 1))) yield [basename(text(at, 100)), tar.subarray(at + 512, at + 512 + size)];
    at += 512 * (1 + Math.ceil(size / 512));
  }
}
