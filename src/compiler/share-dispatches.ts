/**
 * Groups kernels into dispatches. Where a workgroup owns whole columns, a kernel that reads the results of another only in
 * its own columns can follow it in the same dispatch: so a narrow layer, its loss and its δ need no dispatch each. Kernels
 * that do not depend on each other can stand side by side in one dispatch.
 */
import { columns } from '../base/tensor.ts';
import type { Node } from '../graph/graph.ts';
import type { Body, Form, Target } from '../graph/op.ts';
import { overwrites, storageOf } from '../graph/storage.ts';
import { sharedLanes } from '../ops/shared/target.ts';
import type { Arrangement } from './entry-point.ts';
import { buffersFor, type Fused, type Kernel, type Limits, loadedBy, nodesOf } from './fuse.ts';

export interface DispatchGroup {
  readonly kernels: readonly Kernel[];
  readonly arrangement: Arrangement;
  readonly lanes: number;
}

export interface SharingOptions extends Limits {
  readonly target: Target;
  /** Whether kernels may share a dispatch in a form. Default: always. */
  readonly usable?: (form: Form) => boolean;
  /** One dispatch per kernel. */
  readonly separate?: boolean;
}

/** Multiply-adds per column that a workgroup may be given to do one after another. */
const LITTLE_PER_COLUMN = 4096;

export function shareDispatches(fused: Fused, options: SharingOptions): DispatchGroup[] {
  const { kernels, stored, dependencies } = fused;
  const { separate } = options;
  if (separate) return kernels.map(alone);
  const groups: DispatchGroup[] = [];
  const groupOf = new Map<Node, number>();
  const put = (group: DispatchGroup, at: number): void => {
    groups[at] = group;
    for (const kernel of group.kernels) groupOf.set(kernel.node, at);
  };
  for (const kernel of kernels) {
    const after = Math.max(-1, ...[...dependencies(kernel)].map((other) => groupOf.get(other.node)!));
    const merged = after < 0 ? undefined : inColumns([...groups[after].kernels, kernel], stored, options);
    if (merged && buffersOf(merged.kernels, stored, options) <= options.storageBuffers) put(merged, after);
    else {
      let at = after + 1;
      while (at < groups.length && !canStandBeside(groups[at], kernel, stored, options)) at++;
      put(at < groups.length ? beside([...groups[at].kernels, kernel]) : alone(kernel), at);
    }
  }
  return groups;
}

const group = (kernels: readonly Kernel[], arrangement: Arrangement): DispatchGroup => ({
  kernels,
  arrangement,
  lanes: kernels[0].body.lanes,
});
const alone = (kernel: Kernel): DispatchGroup => group([kernel], { kind: 'alone' });
const beside = (kernels: readonly Kernel[]): DispatchGroup => group(kernels, { kind: 'beside' });

/** The kernels one after another in workgroups that own columns; undefined where they cannot run so, or had better not. */
function inColumns(
  kernels: readonly Kernel[],
  stored: ReadonlySet<Node>,
  options: SharingOptions,
): DispatchGroup | undefined {
  const { target } = options;
  const lanes = sharedLanes(target);
  const narrow = kernels.map((kernel) => ({ ...kernel, body: narrowBody(kernel, options, lanes) }));
  if (narrow.some(({ body }) => body?.columns === undefined)) return undefined;
  const bodies = narrow.map(({ body }) => body!);
  const widths = new Set(kernels.map(({ node }) => columns(node.shape)));
  const work = bodies.reduce((sum, body) => sum + (body.work ?? 0), 0);
  const local = kernels.every((kernel, i) => kernels.slice(0, i).every((other) => isLocal(kernel, other, stored)));
  if (widths.size > 1 || work > LITTLE_PER_COLUMN || !local) return undefined;
  const block = Math.max(...bodies.map((body) => body.columns!));
  const blocks = bodies.map((body) => block / body.columns!);
  if (!blocks.every(Number.isInteger)) return undefined;
  return group(narrow as Kernel[], { kind: 'columns', blocks });
}

function narrowBody({ node, body }: Kernel, { target, usable }: SharingOptions, lanes: number): Body | undefined {
  if (node.op.kind !== 'kernel' || body.columns === undefined) return undefined;
  const form = node.op.narrow?.(node, target, lanes);
  return form && usable?.(form) === false ? undefined : node.op.body(node, { form, lanes });
}

/** Whether `kernel` reads what `other` writes only in its own columns, and overwrites nothing that it reads. */
function isLocal(kernel: Kernel, other: Kernel, stored: ReadonlySet<Node>): boolean {
  const written = new Set(
    nodesOf(other)
      .filter((node) => stored.has(node))
      .map(storageOf),
  );
  const { operands, columnwise = [] } = kernel.body;
  const wide = columns(kernel.node.shape);
  const ownColumns = (node: Node): boolean => columns(node.shape) === wide;
  const loads = Object.entries(operands).every(
    ([name, node]) => !written.has(storageOf(node)) || columnwise.includes(name),
  );
  const epilogue = loadedBy(nodesOf(kernel)).every((node) => !written.has(storageOf(node)) || ownColumns(node));
  const reads = new Set([...Object.values(other.body.operands), ...loadedBy(nodesOf(other))].map(storageOf));
  const clobbers = nodesOf(kernel).some((node) => overwrites(node) && reads.has(storageOf(node)));
  return loads && epilogue && !clobbers;
}

/** Kernels whose forms are chosen one by one stay alone, as do those that fill the memory of a workgroup. */
function canStandBeside(
  { kernels, arrangement }: DispatchGroup,
  kernel: Kernel,
  stored: ReadonlySet<Node>,
  limits: Limits,
): boolean {
  const together = [...kernels, kernel];
  return (
    arrangement.kind !== 'columns' &&
    together.every(({ body }) => !body.form && !body.alone && body.lanes === kernel.body.lanes) &&
    buffersOf(together, stored, limits) <= limits.storageBuffers
  );
}

function buffersOf(kernels: readonly Kernel[], stored: ReadonlySet<Node>, limits: Limits): number {
  const touched = kernels.flatMap((kernel) => [
    ...Object.values(kernel.body.operands),
    ...loadedBy(nodesOf(kernel)),
    ...nodesOf(kernel).filter((node) => stored.has(node)),
  ]);
  return buffersFor(new Set(touched.map(storageOf)), limits);
}
