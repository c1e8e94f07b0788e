// SwiftShader, a Vulkan driver that runs on the CPU, out of the package that brings a Chromium: no root, no system package,
// 3-6 times slower than lavapipe.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { archive, filesInTar, sparticuzRunsHere, unpack, unpacked } from './sparticuz.mjs';

const folder = unpacked('swiftshader');

export const swiftShaderRunsHere = sparticuzRunsHere;
export const swiftShaderIsInstalled = () => existsSync(folder);

/** Installs it where it is not there yet, or throws why it cannot. */
export const installSwiftShader = () => unpack('swiftshader', 'SwiftShader, a software Vulkan driver,', files);

function* files() {
  for (const [name, bytes] of filesInTar(archive('swiftshader.tar')))
    if (/vulkan|vk_swiftshader/.test(name)) yield [name, bytes]; // its OpenGL is of no use here
}

/**
 * The environment in which Dawn finds SwiftShader and no other driver. It has to be there when the process starts.
 * The package's own Vulkan loader comes along, for machines that have none.
 */
export function swiftShaderEnvironment() {
  const icd = join(folder, 'vk_swiftshader_icd.json');
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return { VK_DRIVER_FILES: icd, VK_ICD_FILENAMES: icd, LD_LIBRARY_PATH: libraries };
}
