/** The WGSL files of `shaders/`, by path without extension: 'gemm', 'act/sigmoid'. */
const files: Record<string, string> = import.meta.glob('../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export interface ShaderFile {
  readonly path: string;
  readonly text: string;
}

export const shaderPaths: readonly string[] = Object.keys(files).map((key) =>
  key.slice('../shaders/'.length, -'.wgsl'.length),
);

export function shaderFile(path: string): ShaderFile {
  const text = files[`../shaders/${path}.wgsl`];
  if (text === undefined) throw new Error(`no such shader: shaders/${path}.wgsl`);
  return { path, text };
}
