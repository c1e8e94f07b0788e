/**
 * Links WGSL. A phase is constants + generated epilogues + the file of a body and the files it needs, joined by newlines, with
 * the bindings that the files ask for in their headers:
 *   // @read A: array<vec4f>     a storage buffer, bound to the operand of that name
 *   // @uniform step: Step       the row of the step table
 *   // @enable subgroups         a WGSL extension
 * A loop whose first line ends in `// @unroll` is unrolled here,
 * because drivers do not do it. Several phases make one shader: names that each phase declares for itself get its number.
 * A table of lines leads from a line of the linked text back to the file and its line there.
 */
import type { Constant, Constants, ShaderFile } from '../graph/op.ts';
import type { Entry } from './entry-point.ts';
import { accessors, declaredName, inParts, type Split, type StorageBinding, throughAccessors } from './split.ts';
import { unroll } from './unroll.ts';

/** The WGSL of one dispatch. */
export interface LinkedShader {
  /** The whole text. */
  readonly code: string;
  /** Its storage buffers, from `@binding(0)` on. */
  readonly storage: readonly StorageBinding[];
  /** What the storage buffers hold, for people: name in the WGSL -> name of the tensor. */
  readonly tensors?: ReadonlyMap<string, string>;
  /** Whether it reads the values of the current step, in a uniform buffer after the storage buffers. */
  readonly usesStep: boolean;
  /** The files that it consists of, in order. */
  readonly lines: readonly {
    /** Path of the file. */
    path: string;
    /** Its first line in `code`, counted from 1. */
    first: number;
  }[];
}

export interface Phase {
  readonly shaders: readonly ShaderFile[];
  readonly constants: Constants;
  /** Generated functions. */
  readonly epilogues: string;
  /** Storage buffers the epilogues refer to. */
  readonly storage: readonly StorageBinding[];
  /** Name of a binding in the files -> its name in the linked shader; where several phases share buffers. */
  readonly names?: Readonly<Record<string, string>>;
}

const READ = /^\/\/ @read (\w+): (.+)$/gm;
const UNIFORM = /^\/\/ @uniform (\w+): (\w+)$/gm;
const ENABLE = /^\/\/ @enable (\w+)$/gm;
const DECLARED = /^(?:fn|const|struct|alias|var(?:<\w+>)?) (\w+)/gm;

/** How phases of many steps find what they work on; see `makeWholeSteps`. */
export interface Residence {
  /** The step table, looped over. */
  readonly table: { readonly stride: number; readonly rows: number };
  /** Name of a binding -> the float at which it starts in the one buffer, `arena`. */
  readonly arena: ReadonlyMap<string, number>;
}

/** Where a shader that watches what it stores raises a flag: the name of a binding that it writes, and a float in it. */
export interface FlagPlace {
  readonly name: string;
  readonly at: number;
}

/** Where tensors are that are not each bound as they are. */
export interface Layout {
  readonly residence?: Residence;
  /** Tensors that are larger than a binding. */
  readonly split?: Split;
  /** Where `raise_flag` raises it. Absent = there is no such function. */
  readonly flag?: FlagPlace;
}

/** `entry` gives the text of the entry point; with several phases it calls run_0, run_1, ... */
export function link(phases: readonly Phase[], entry: Entry, { residence, split, flag }: Layout = {}): LinkedShader {
  const linked = phases.map((phase, i) => partsOf(phase, phases.length > 1 || residence ? `_${i}` : ''));
  const files = distinct(linked.flatMap(({ files }) => files));
  const bound = placed(merged(linked.flatMap(({ storage }) => storage)), residence);
  const storage = inParts(bound, split);
  const uniforms = files.flatMap(({ text }) => [...text.matchAll(UNIFORM)]);
  const extensions = new Set(files.flatMap(({ text }) => [...text.matchAll(ENABLE)].map(([, name]) => name)));
  const declarations = [
    ...storage.map((binding, i) => storageDeclaration(i, binding)),
    ...uniforms.map(([, name, type]) => uniformDeclaration(storage.length, name, type, residence)),
  ];
  const parts = [
    { path: 'extensions', text: [...extensions].map((name) => `enable ${name};`).join('\n') },
    { path: 'bindings', text: declarations.join('\n') },
    ...(split ? [{ path: 'parts', text: accessors(bound, split) }] : []),
    ...[...linked.flatMap(({ generated }) => generated), ...files, ...(flag ? [raising(flag)] : [])].map(
      ({ path, text }) => ({
        path,
        text: throughAccessors(inArena(text, residence), split),
      }),
    ),
    { path: 'entry', text: entry(extensions) },
  ];
  let first = 1;
  const lines = parts.map(({ path, text }) => {
    const at = { path, first };
    first += text.split('\n').length;
    return at;
  });
  return { code: parts.map(({ text }) => text).join('\n'), storage, usesStep: uniforms.length > 0, lines };
}

/** The text of one phase: what was generated for it, and its files; `suffix` marks what is its own. */
function partsOf({ shaders, constants, epilogues, storage, names = {} }: Phase, suffix: string) {
  const files = withUses(shaders);
  const reads = files.flatMap(({ text }) =>
    [...text.matchAll(READ)].map(([, name, type]) => ({ name: names[name] ?? name, type, access: 'read' as const })),
  );
  const own = !suffix
    ? new Set<string>()
    : ownNames(files, [...Object.keys(constants), ...declaredIn(epilogues), ...Object.keys(names)]);
  const rename = (text: string): string =>
    text.replace(/\b[A-Za-z_]\w*\b/g, (word) => names[word] ?? (own.has(word) ? `${word}${suffix}` : word));
  const isOwn = ({ text }: ShaderFile): boolean => words(text).some((word) => own.has(word));
  return {
    generated: [
      { path: 'constants', text: rename(Object.entries(constants).map(constant).join('\n')) },
      { path: 'epilogues', text: rename(epilogues) },
    ],
    files: files.map((file) => {
      const text = unroll(file.text, constants);
      return { path: file.path, text: isOwn(file) ? rename(text) : text };
    }),
    storage: [...reads, ...storage],
  };
}

/** Everything declared by a file that depends, in the end, on one of the names given. */
function ownNames(files: readonly ShaderFile[], given: readonly string[]): Set<string> {
  const own = new Set(given);
  for (let before = -1; before < own.size; ) {
    before = own.size;
    for (const { text } of files) {
      if (words(text).some((word) => own.has(word))) for (const name of declaredIn(text)) own.add(name);
    }
  }
  return own;
}

const words = (text: string): string[] => text.replace(/\/\/.*/g, '').match(/\b[A-Za-z_]\w*\b/g) ?? [];
const declaredIn = (text: string): string[] => [...text.matchAll(DECLARED)].map(([, name]) => name);

/** Parts with equal text, once. */
const distinct = (parts: readonly ShaderFile[]): ShaderFile[] => [
  ...new Map(parts.map((part) => [part.text, part])).values(),
];

/** One binding for each name, for writing where any phase writes. */
function merged(bindings: readonly StorageBinding[]): StorageBinding[] {
  const byName = new Map<string, StorageBinding>();
  for (const binding of bindings) {
    const known = byName.get(binding.name);
    if (known && known.type !== binding.type) {
      throw new Error(`${binding.name} is bound as ${known.type} and as ${binding.type}`);
    }
    if (!known || binding.access === 'readWrite') byName.set(binding.name, binding);
  }
  return [...byName.values()];
}

/** The files and all that they use, each once, in the order they are first mentioned. */
function withUses(files: readonly ShaderFile[]): ShaderFile[] {
  const found = new Map<string, ShaderFile>();
  const visit = (file: ShaderFile): void => {
    if (found.has(file.text)) return;
    found.set(file.text, file);
    file.uses?.forEach(visit);
  };
  files.forEach(visit);
  return [...found.values()];
}

function storageDeclaration(index: number, binding: StorageBinding): string {
  const access = binding.access === 'read' ? 'read' : 'read_write';
  return `@group(0) @binding(${index}) var<storage, ${access}> ${declaredName(binding)}: ${binding.type};`;
}

function uniformDeclaration(index: number, name: string, type: string, residence?: Residence): string {
  if (!residence) return `@group(0) @binding(${index}) var<uniform> ${name}: ${type};`;
  const { stride, rows } = residence.table;
  return [
    `var<private> ${name}: ${type};`,
    `struct Slot { @size(${stride}) row: ${type} }`,
    `@group(0) @binding(${index}) var<uniform> table: array<Slot, ${rows}>;`,
  ].join('\n');
}

/** The bindings that are left when what lives in the arena is bound as one. */
function placed(bindings: readonly StorageBinding[], residence?: Residence): readonly StorageBinding[] {
  if (!residence) return bindings;
  const arena = { name: 'arena', type: 'array<f32>', access: 'readWrite' } as const;
  return [arena, ...bindings.filter(({ name }) => !residence.arena.has(name))];
}

/** A flag stays as the first step raised it. Invocations that see one step fail all write the same number. */
const raising = ({ name, at }: FlagPlace) => ({
  path: 'flag',
  text: [
    'fn raise_flag() {',
    `  if (largest_bits >= 0x7f800000u && ${name}[${at}u] == 0.0) {`,
    `    ${name}[${at}u] = f32(step.number);`,
    '  }',
    '  largest_bits = 0u;',
    '}',
  ].join('\n'),
});

/** Every access to a tensor made one to its part of the arena. */
function inArena(text: string, residence?: Residence): string {
  if (!residence) return text;
  const access = /(?<!\.)\b(\w+)\[/g;
  return text.replace(access, (all, name) => {
    const at = residence.arena.get(name);
    return at === undefined ? all : `arena[${at}u + `;
  });
}

function constant([name, value]: [string, Constant]): string {
  if (typeof value === 'boolean') return `const ${name}: bool = ${value};`;
  if (typeof value === 'string') return `const ${name}: f32 = ${value};`;
  return `const ${name}: u32 = ${value}u;`;
}

/** Where a line of the linked text comes from: 'shaders/load/b.wgsl:5'. */
export function locate({ lines }: LinkedShader, line: number): string {
  const file = lines.findLast(({ first }) => first <= line) ?? lines[0];
  return `${file.path}:${line - file.first + 1}`;
}
