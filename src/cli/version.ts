/** The versions of what is installed and of what it runs on. */
import { createRequire } from 'node:module';
import { dawnVersion, runtimeOf } from '../platform/platform.node.ts';

/** Of this package; its package.json lies above dist/cli.js, which this file becomes a part of. */
export const version: string = createRequire(import.meta.url)('../package.json').version;

/** 'node', 'deno' or 'bun' among the names; no `webgpu` where the package is not installed or not used. */
export function versions(): Record<string, string | null> {
  const runtime = runtimeOf(process.versions);
  return { retrograd: version, [runtime.name.toLowerCase()]: runtime.version, webgpu: dawnVersion() ?? null };
}
