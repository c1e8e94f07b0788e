/**
 * The functions that a body calls with its results, as WGSL; entry points are made by entry.ts, bindings by shader.ts. One
 * line per node: loads of what comes from memory, a call per pointwise op, stores of what something else needs.
 */
import { type Kernel, storageOf } from './fuse.ts';
import type { Node } from './graph.ts';
import type { PointwiseOp } from './ops/op.ts';
import { tensors } from './ops/shapes.ts';
import type { Phase } from './shader.ts';
import type { ShaderSource } from './shaders.ts';
import { columns, rows, stride } from './tensor.ts';

/** A buffer as the glue sees it: the node, its name in the WGSL, and whether the kernel writes it. */
export interface GlueBuffer {
  readonly node: Node;
  readonly name: string;
  readonly access: 'read' | 'readWrite';
}
export interface Glue {
  readonly code: string;
  readonly buffers: readonly GlueBuffer[];
  readonly shaders: readonly ShaderSource[];
  readonly constants: Readonly<Record<string, boolean>>;
}

/** The functions that chain a kernel's pointwise ops: one call per node, loads before, stores of what is kept after. */
export function glue(kernel: Kernel, stored: ReadonlySet<Node>, nameOf = identifier): Glue {
  const buffers = new Map<Node, GlueBuffer>();
  const use = (node: Node, access: 'read' | 'readWrite'): string => {
    const at = storageOf(node);
    const name = nameOf(at);
    if (access === 'readWrite' || !buffers.has(at)) buffers.set(at, { node: at, name, access });
    return name;
  };
  const shaders = new Set<ShaderSource>();
  const code: string[] = [];
  const constants: Record<string, boolean> = {};
  for (const [epilogue, shape] of Object.entries(kernel.body.epilogues)) {
    const chain = kernel.chains.get(epilogue) ?? [];
    constants[epilogue.toUpperCase()] = chain.length > 0;
    const computed = chain.filter((node) => node.op.kind === 'pointwise');
    const outside = new Set(computed.flatMap((node) => tensors(node.inputs)).filter((node) => !chain.includes(node)));
    for (const node of computed)
      for (const source of (node.op as PointwiseOp).shaders(node.attributes)) shaders.add(source);
    code.push(
      `fn ${epilogue}(value: f32, row: u32, col: u32) {`,
      ...[...outside].map((node) => `  let ${local(node)} = ${use(node, 'read')}[${at(node, shape)}];`),
      ...chain.map((node) => `  let ${local(node)} = ${expression(node)};`),
      ...chain
        .filter((node) => stored.has(node))
        .map((node) => `  ${use(node, 'readWrite')}[${at(node, shape)}] = ${local(node)};`),
      '}',
    );
  }
  return { code: code.join('\n'), buffers: [...buffers.values()], shaders: [...shaders], constants };
}

/** A kernel as a phase of a shader; `names` as in Phase. */
export const phaseOf = ({ body }: Kernel, glued: Glue, lanes: number, names?: Phase['names']): Phase => ({
  shaders: [...body.shaders, ...glued.shaders],
  constants: { LANES: lanes, ...body.constants, ...glued.constants },
  glue: glued.code,
  storage: glued.buffers.map(({ name, access }) => ({ name, access, type: 'array<f32>' })),
  names,
});

/** The name of a node in WGSL. */
export const identifier = (node: Node): string => node.name.replace(/\W/g, '_') || `t${node.id}`;
const local = (node: Node): string => `${identifier(node)}_value`;

function expression(node: Node): string {
  if (node.op.kind !== 'pointwise') return 'value';
  return node.op.call(tensors(node.inputs).map(local), node.attributes);
}

/** Index of (row, col) in the memory of a node; each of its rows serves as many rows of `shape` as there are to one. */
function at(node: Node, shape: Node['shape']): string {
  const repeats = rows(shape) / rows(node.shape);
  const row = repeats === 1 ? 'row' : rows(node.shape) === 1 ? '0u' : `row / ${repeats}u`;
  const col = columns(node.shape) === 1 && columns(shape) > 1 ? '0u' : 'col';
  return `${row} * ${stride(node.shape)}u + ${col}`;
}
