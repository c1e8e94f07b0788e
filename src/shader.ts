/**
 * Links WGSL: constants + generated glue + the body and the parts it needs, joined by newlines, with the bindings that
 * the files ask for in their headers:
 *   // @read A: array<vec4f>     a storage buffer, bound to the operand of that name
 *   // @uniform step: Step       the row of the step table
 *   // @uses act/sigmoid         another file; each is linked once
 *   // @enable subgroups         a WGSL extension
 * A loop whose first line ends in `// @unroll` is written out, because drivers do not do it.
 * A table of lines leads from a line of the linked text back to the file and its own line.
 */
import { literal } from './ops/numerics.ts';
import { shaderFile } from './shaders.ts';
import { unroll } from './unroll.ts';

export interface StorageBinding {
  readonly name: string;
  readonly type: string;
  readonly access: 'read' | 'readWrite';
}

export interface LinkedShader {
  readonly code: string;
  /** In binding order, from @binding(0) on. */
  readonly storage: readonly StorageBinding[];
  /** Whether it reads the step row, at the binding after the storage buffers. */
  readonly usesStep: boolean;
  /** For each file: its first line in `code`, counted from 1. */
  readonly lines: readonly { path: string; first: number }[];
}

export interface Source {
  readonly shaders: readonly string[];
  readonly constants: Readonly<Record<string, number | boolean>>;
  /** Generated functions. */
  readonly glue: string;
  /** Storage buffers the glue refers to. */
  readonly storage: readonly StorageBinding[];
}

const READ = /^\/\/ @read (\w+): (.+)$/gm;
const UNIFORM = /^\/\/ @uniform (\w+): (\w+)$/gm;
const USES = /^\/\/ @uses (\S+)$/gm;
const ENABLE = /^\/\/ @enable (\w+)$/gm;

export function link({ shaders, constants, glue, storage }: Source): LinkedShader {
  const files = withUses(shaders);
  const read = files.flatMap(({ text }) =>
    [...text.matchAll(READ)].map(([, name, type]) => ({ name, type, access: 'read' as const })),
  );
  const all = [...read, ...storage];
  const uniforms = files.flatMap(({ text }) => [...text.matchAll(UNIFORM)]);
  const declarations = [
    ...all.map(({ name, type, access }, i) => storageDeclaration(i, name, type, access)),
    ...uniforms.map(([, name, type]) => `@group(0) @binding(${all.length}) var<uniform> ${name}: ${type};`),
  ];
  const extensions = new Set(files.flatMap(({ text }) => [...text.matchAll(ENABLE)].map(([, name]) => name)));
  const parts = [
    { path: 'extensions', text: [...extensions].map((name) => `enable ${name};`).join('\n') },
    { path: 'constants', text: Object.entries(constants).map(constant).join('\n') },
    { path: 'bindings', text: declarations.join('\n') },
    { path: 'glue', text: glue },
    ...files.map(({ path, text }) => ({ path: `shaders/${path}.wgsl`, text: unroll(text, constants) })),
  ];
  let first = 1;
  const lines = parts.map(({ path, text }) => {
    const entry = { path, first };
    first += text.split('\n').length;
    return entry;
  });
  return { code: parts.map(({ text }) => text).join('\n'), storage: all, usesStep: uniforms.length > 0, lines };
}

/** The files and all that they use, each once, in the order they are first mentioned. */
function withUses(paths: readonly string[]) {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const [, used] of shaderFile(path).text.matchAll(USES)) visit(used);
  };
  for (const path of paths) visit(path);
  return [...found].map(shaderFile);
}

function storageDeclaration(index: number, name: string, type: string, access: StorageBinding['access']): string {
  return `@group(0) @binding(${index}) var<storage, ${access === 'read' ? 'read' : 'read_write'}> ${name}: ${type};`;
}

/** A whole number is a u32, unless the name is that of a factor. */
function constant([name, value]: [string, number | boolean]): string {
  if (typeof value === 'boolean') return `const ${name}: bool = ${value};`;
  if (name === 'SCALE' || name === 'THRESHOLD') return `const ${name}: f32 = ${literal(value)};`;
  return `const ${name}: u32 = ${value}u;`;
}

/** Where a line of the linked text comes from: 'shaders/load/dense.wgsl:12'. */
export function locate({ lines }: LinkedShader, line: number): string {
  const file = lines.findLast(({ first }) => first <= line) ?? lines[0];
  return `${file.path}:${line - file.first + 1}`;
}
