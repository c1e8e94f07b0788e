/** Which versions are installed, from the package.json of each. */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Of this package; its package.json lies above dist/cli.js, which this file becomes a part of. */
export const version: string = load('../package.json').version;

export const versions = (): Record<string, string | null> => ({
  retrograd: version,
  node: process.versions.node,
  webgpu: dawn(),
});

function dawn(): string | null {
  try {
    return load('webgpu/package.json').version;
  } catch {
    return null; // an optional package
  }
}
