/**
 * The functions that a body calls with its results, as WGSL; `entryPoint` makes entry points, `link` bindings. One
 * line per node: loads of what comes from memory, a call per pointwise op, stores of what something else needs.
 */
import watchWgsl from '../../shaders/shared/watch.wgsl';
import { byteLength, columns, rows, type Shape, stride } from '../base/tensor.ts';
import type { Node } from '../graph/graph.ts';
import { tensors } from '../graph/leaf.ts';
import type { PointwiseOp, ShaderFile } from '../graph/op.ts';
import { BY_BATCH, overwrites, storageOf } from '../graph/storage.ts';
import type { Kernel } from './fuse.ts';
import type { FlagPlace, Phase } from './link.ts';

/** A buffer as the epilogues see it: the node, its name in the WGSL, and whether the kernel writes it. */
export interface EpilogueBuffer {
  readonly node: Node;
  readonly name: string;
  readonly access: 'read' | 'readWrite';
}
export interface Epilogues {
  readonly code: string;
  readonly buffers: readonly EpilogueBuffer[];
  readonly shaders: readonly ShaderFile[];
  readonly constants: Readonly<Record<string, boolean>>;
  /** Of what is watched, the first tensor that is overwritten: a flag has its place behind it. */
  readonly flag?: FlagPlace & { readonly node: Node };
}

/**
 * The functions that chain a kernel's pointwise ops: one call per node, loads before, stores of what is kept after. Where the
 * kernel is `watched`, whatever overwrites a tensor is looked at for NaN and infinity.
 */
export function epilogues(
  kernel: Kernel,
  stored: ReadonlySet<Node>,
  nameOf: (node: Node) => string,
  watched = false,
): Epilogues {
  const buffers = new Map<Node, EpilogueBuffer>();
  const use = (node: Node, access: 'read' | 'readWrite'): string => {
    const at = storageOf(node);
    const name = nameOf(at);
    if (access === 'readWrite' || !buffers.has(at)) buffers.set(at, { node: at, name, access });
    return name;
  };
  const shaders = new Set<ShaderFile>();
  const code: string[] = [];
  const constants: Record<string, boolean> = {};
  let first: Node | undefined;
  for (const [epilogue, shape] of Object.entries(kernel.body.epilogues)) {
    const chain = kernel.chains.get(epilogue) ?? [];
    const local = numbered('value');
    constants[epilogue.toUpperCase()] = chain.length > 0;
    const computed = chain.filter((node) => node.op.kind === 'pointwise');
    const outside = new Set(computed.flatMap((node) => tensors(node.inputs)).filter((node) => !chain.includes(node)));
    const watches = watched ? computed.filter(overwrites) : [];
    if (watches.length > 0) {
      first ??= storageOf(watches[0]);
      shaders.add(watchWgsl);
    }
    for (const node of computed)
      for (const source of (node.op as PointwiseOp).shaders(node.attributes)) shaders.add(source);
    code.push(
      `fn ${epilogue}(value: f32, row: u32, col: u32) {`,
      ...[...outside].map((node) => {
        const elements = elementsOf(use(node, 'read'), node, shape, planesIn(computed, node));
        const value = elements.length === 1 ? elements[0] : `vec${elements.length}f(${elements.join(', ')})`;
        return `  let ${local(node)} = ${value};`;
      }),
      ...chain.map((node) => `  let ${local(node)} = ${expression(node, local)};`),
      ...chain
        .filter((node) => stored.has(node))
        .flatMap((node) => {
          const elements = elementsOf(use(node, 'readWrite'), node, shape, planesIn(computed, node));
          const part = (plane: number): string => (elements.length === 1 ? '' : `[${plane}]`);
          return elements.map((element, plane) => `  ${element} = ${local(node)}${part(plane)};`);
        }),
      ...watches.flatMap((node) => {
        const { planes = 1 } = node.op as PointwiseOp;
        return Array.from({ length: planes }, (_, p) => `  watch(${local(node)}${planes > 1 ? `[${p}]` : ''});`);
      }),
      '}',
    );
  }
  const flag = first && { name: nameOf(first), at: byteLength(first.shape) / 4, node: first };
  return { code: code.join('\n'), buffers: [...buffers.values()], shaders: [...shaders], constants, flag };
}

/** A kernel as a phase of a shader; `names` as in Phase. */
export const phaseOf = ({ body }: Kernel, called: Epilogues, lanes: number, names?: Phase['names']): Phase => ({
  shaders: [...body.shaders, ...called.shaders],
  constants: { LANES: lanes, ...body.constants, ...called.constants },
  epilogues: called.code,
  storage: called.buffers.map(({ name, access }) => ({ name, access, type: 'array<f32>' })),
  names,
});

/** Names nodes in WGSL, in the order in which it is asked: so equal kernels of different layers have the same text. */
export function numbered(prefix: string): (node: Node) => string {
  const known = new Map<Node, string>();
  return (node) => {
    const name = known.get(node) ?? `${prefix}${known.size}`;
    known.set(node, name);
    return name;
  };
}

function expression(node: Node, local: (node: Node) => string): string {
  if (node.op.kind !== 'pointwise') return 'value';
  return node.op.call(tensors(node.inputs).map(local), node.attributes);
}

/** How many values a node has at each place: those of the op that overwrites it. */
function planesIn(nodes: readonly Node[], node: Node): number {
  const at = storageOf(node);
  return Math.max(1, ...nodes.map((other) => (storageOf(other) === at ? ((other.op as PointwiseOp).planes ?? 1) : 1)));
}

/** The elements of a node at (row, col) of a result of this shape, one in each of its planes, in the slot of the step: see `slotAt`. */
function elementsOf(buffer: string, node: Node, shape: Shape, planes: number): string[] {
  const places = planes === 1 ? node.shape : node.shape.slice(1);
  const first = at(places, shape);
  const plane = byteLength(places) / 4;
  const number = storageOf(node).attributes[BY_BATCH] ? `step.start / ${columns(node.shape)}u` : 'step.slot';
  const slot = planes > 1 && node.shape[0] > planes ? `${number} * ${planes * plane}u + ` : '';
  return Array.from({ length: planes }, (_, p) => `${buffer}[${slot}${p === 0 ? first : `${first} + ${p * plane}u`}]`);
}

/** Index of (row, col) in the memory of a tensor; each of its rows serves as many rows of `shape` as there are to one. */
function at(own: Shape, shape: Shape): string {
  const repeats = rows(shape) / rows(own);
  const row = repeats === 1 ? 'row' : rows(own) === 1 ? '0u' : `row / ${repeats}u`;
  const col = columns(own) === 1 && columns(shape) > 1 ? '0u' : 'col';
  return `${row} * ${stride(own)}u + ${col}`;
}
