import type { ShaderFile, ShaderSource } from '../graph/op.ts';

/** The WGSL files of `shaders/`, by path without extension: 'gemm', 'act/sigmoid'. */
const files: Record<string, string> = import.meta.glob('../../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const shaderPaths: readonly string[] = Object.keys(files).map((key) =>
  key.slice('../../shaders/'.length, -'.wgsl'.length),
);

export function shaderFile(source: ShaderSource): ShaderFile {
  if (typeof source !== 'string') return source;
  const path = `shaders/${source}.wgsl`;
  const text = files[`../../${path}`];
  if (text === undefined) throw new Error(`no such shader: ${path}`);
  return { path, text };
}
