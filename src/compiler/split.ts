/**
 * Tensors that are larger than one binding of a device: they are bound in parts, and every access to one goes through a
 * function that finds the part. The linker does it, so neither ops nor shaders know of it, and results have the same bits.
 */
import type { Node } from '../graph/graph.ts';
import { bytesOf } from '../graph/storage.ts';

/** A storage buffer of a shader. */
export interface StorageBinding {
  /** Name in the WGSL. */
  readonly name: string;
  /** Type in the WGSL: `array<vec4f>`. */
  readonly type: string;
  /** Whether the shader only reads it. */
  readonly access: 'read' | 'readWrite';
  /** Which part of the tensor, where it is larger than a binding. */
  readonly part?: number;
}

export interface Split {
  /** Bytes of each part but the last. */
  readonly bytes: number;
  /** Name of a binding -> how many parts it has. Absent = one. */
  readonly parts: ReadonlyMap<string, number>;
}

/** How many bindings of so many bytes a tensor takes. */
export const partsOf = (node: Node, bindingBytes = Number.POSITIVE_INFINITY): number =>
  Math.max(1, Math.ceil(bytesOf(node) / bindingBytes));

/** One binding for each part. */
export const inParts = (bindings: readonly StorageBinding[], split?: Split): readonly StorageBinding[] =>
  bindings.flatMap((binding) => {
    const count = split?.parts.get(binding.name) ?? 1;
    return count === 1 ? binding : Array.from({ length: count }, (_, part) => ({ ...binding, part }));
  });

/** How a binding is declared. */
export const declaredName = ({ name, part }: StorageBinding): string => (part === undefined ? name : `${name}_${part}`);

/** X_load(i) and X_store(i, value) for each X that has parts. */
export const accessors = (bindings: readonly StorageBinding[], split?: Split): string =>
  bindings.flatMap((binding) => (split?.parts.has(binding.name) ? accessorsOf(binding, split) : [])).join('\n');

function accessorsOf(binding: StorageBinding, { bytes, parts }: Split): string[] {
  const { name, type, access } = binding;
  const element = /<(\w+)>/.exec(type)![1];
  const each = bytes / (element === 'vec4f' ? 16 : 4);
  const last = parts.get(name)! - 1;
  const inEach = (act: (place: string) => string): string[] =>
    Array.from({ length: last + 1 }, (_, part) => {
      const act1 = act(`${declaredName({ ...binding, part })}[i - ${part * each}u]`);
      return part === last ? `  ${act1}` : `  if (i < ${(part + 1) * each}u) { ${act1} }`;
    });
  const load = [`fn ${name}_load(i: u32) -> ${element} {`, ...inEach((place) => `return ${place};`), '}'];
  const store = [
    `fn ${name}_store(i: u32, value: ${element}) {`,
    ...inEach((place) => `${place} = value; return;`),
    '}',
  ];
  return access === 'read' ? load : [...load, ...store];
}

/** X[i] = x; as X_store(i, x); and any other X[i] as X_load(i), for each X that has parts. */
export function throughAccessors(text: string, split?: Split): string {
  let through = text;
  for (const name of split?.parts.keys() ?? []) {
    through = through.replace(new RegExp(`^( *)${name}\\[(.+)\\] = (.+);$`, 'gm'), `$1${name}_store($2, $3);`);
    for (let access = accessTo(name).exec(through); access; access = accessTo(name).exec(through)) {
      const open = access.index + name.length;
      const close = closing(through, open);
      through = `${through.slice(0, open)}_load(${through.slice(open + 1, close)})${through.slice(close + 1)}`;
    }
  }
  return through;
}

/** A tensor of this name, and no member of a struct. */
const accessTo = (name: string): RegExp => new RegExp(`(?<!\\.)\\b${name}\\[`);

/** Where the bracket that opens here closes. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; ; at++) {
    if (text[at] === '[') depth++;
    if (text[at] === ']' && --depth === 0) return at;
  }
}
