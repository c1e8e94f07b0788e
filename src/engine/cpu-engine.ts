/** The CPU engine: the reference, in f32, behind the same interface. It is slow and simple, for machines without WebGPU. */
import { StateError } from '../base/errors.ts';
import { size } from '../base/tensor.ts';
import { find, type Graph, type Node } from '../graph/graph.ts';
import { constant, data as dataLeaf, step as stepLeaf, valuesOf } from '../graph/leaf.ts';
import type { Value } from '../graph/op.ts';
import { evaluate } from '../graph/reference.ts';
import type { StepRow } from '../graph/step-row.ts';
import { overwrites, slotAt, slotsOf, storageOf } from '../graph/storage.ts';
import { breathe } from './compile-progress.ts';
import { type Engine, FLAGS, type Program, type ProgramOptions } from './engine.ts';

interface CpuProgram extends Program {
  readonly memory: ReadonlyMap<string, Value>;
  readonly flag: Value;
  run(step: StepRow): void;
}

export function cpuEngine(): Engine {
  let destroyed = false;
  const assertUsable = (): void => {
    if (destroyed) throw new StateError('this net has been destroyed');
  };
  return {
    kind: 'cpu',
    name: 'CPU reference',
    largest: Number.POSITIVE_INFINITY,
    maxRows: 1024,
    program: async (graph, options) => cpuProgram(graph, options, assertUsable),
    prepare: async () => {},
    run: (parts) => {
      assertUsable();
      for (const { programs, rows } of parts)
        for (const row of rows) for (const program of programs) (program as CpuProgram).run(row);
    },
    read: async (wanted) => {
      assertUsable();
      return wanted.map(({ program, name, range }) => {
        const { memory, flag } = program as CpuProgram;
        const { shape, data } = name === FLAGS ? flag : memory.get(name)!;
        const { from, to } = range ?? { from: 0, to: shape[0] };
        return Float32Array.from(data.subarray((size(shape) / shape[0]) * from, (size(shape) / shape[0]) * to));
      });
    },
    settled: async () => {
      await breathe();
      assertUsable();
    },
    destroy: () => {
      destroyed = true;
    },
  };
}

function cpuProgram(
  graph: Graph,
  { keep, watched, shared = [] }: ProgramOptions,
  assertUsable: () => void,
): CpuProgram {
  const memory = new Map<string, Value>();
  const put = (name: string, value: Value): void => {
    const place = memory.get(name);
    // In place, since another program may share the tensor.
    if (place) (place.data as Float32Array).set(value.data);
    else memory.set(name, value);
  };
  // As on a GPU, a leaf that nothing reads is no tensor of the program.
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const named = graph.nodes.filter(
    (node) => node.name && node.op !== stepLeaf && (node.op.kind === 'leaf' ? read.has(node) : keep(node)),
  );
  for (const node of named) {
    const { name, shape, op } = node;
    const sharing = shared.find(({ names }) => names.includes(name));
    const owner = sharing?.program as CpuProgram | undefined;
    const data = op === constant ? valuesOf(node).slice() : new Float32Array(size(shape));
    memory.set(name, owner?.memory.get(sharing?.as?.get(name) ?? name) ?? { shape, data });
  }
  const flag = { shape: [1, 1], data: new Float32Array(1) };
  return {
    graph,
    memory,
    flag,
    tensors: memory,
    write: (name, data) => {
      assertUsable();
      const { shape } = memory.get(name)!;
      // A data set stays as it is stored; everything else is f32.
      if (find(graph, name)?.op === dataLeaf) memory.set(name, { shape, data });
      else put(name, { shape, data });
    },
    copy: (name, values, way) => {
      assertUsable();
      const [own, other] = [memory.get(name)!.data as Float32Array, values as Float32Array];
      if (way === 'out') other.set(own);
      else own.set(other);
    },
    read: async (name) => {
      assertUsable();
      return Float32Array.from((name === FLAGS ? flag : memory.get(name)!).data);
    },
    readAll: async (names) => {
      assertUsable();
      return new Map(names.map((name) => [name, Float32Array.from(memory.get(name)!.data)]));
    },
    setFlags: (values = []) => {
      assertUsable();
      flag.data[0] = values[0] ?? 0;
    },
    run: (step) => {
      const values = evaluate(graph, { step, single: true, leaf: (node) => memory.get(node.name)! });
      for (const [node, value] of values) {
        if (overwrites(node)) {
          put(storageOf(node).name, value);
          if (watched && flag.data[0] === 0 && !isFiniteIn(node, value, step)) flag.data[0] = step.number;
        } else if (node.op.kind !== 'leaf' && memory.has(node.name)) put(node.name, value);
      }
    },
    destroy: () => {},
  };
}

/** Whether all that the step wrote is finite: of a tensor with slots it wrote one. */
function isFiniteIn(node: Node, { data }: Value, step: StepRow): boolean {
  const slots = slotsOf(node);
  const length = data.length / slots;
  const first = slots > 1 ? slotAt(node, step) * length : 0;
  return data.subarray(first, first + length).every(Number.isFinite);
}
