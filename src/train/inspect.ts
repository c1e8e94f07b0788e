/** All named tensors of a forward and backward pass on a batch. Nothing of the net changes. */
import { memo } from '../base/memo.ts';
import { firstColumns, type Tensor } from '../base/tensor.ts';
import type { Program } from '../engine/engine.ts';
import { writeTensors } from '../engine/named-tensors.ts';
import type { Node } from '../graph/graph.ts';
import type { Compiled } from './compiled.ts';
import { inspectionGraph, type Task } from './graphs.ts';
import type { PackedBatch } from './pack-batch.ts';
import { nextRow } from './session.ts';

const isNamed = (node: Node): boolean => node.name !== '';

/** Inspects batches of one net: the graphs for it are made once. */
export function inspector(net: Compiled): (batch: PackedBatch) => Promise<Record<string, Tensor>> {
  const plain = memo(inspectionGraph);
  const weighted = memo((task: Task) => inspectionGraph({ ...task, weighted: true }));
  return ({ columns, tensors }) =>
    net.access.take(() => {
      const { engine, task } = net.session;
      const [name, graphOf] = tensors.has('w') ? ['weighted tensors', weighted] : ['tensors', plain];
      const { graph, perSample, prediction } = graphOf(task);
      const inspect = async (program: Program) => {
        writeTensors(program, tensors);
        engine.run([{ programs: [program], rows: [nextRow(net.session, { columns })] }]);
        const found: Record<string, Tensor> = {};
        for (const [name, data] of await program.readAll([...program.tensors.keys()])) {
          const { shape } = program.tensors.get(name)!;
          found[name] = perSample(name) ? firstColumns(shape, data, columns) : { shape, data };
        }
        return { ...found, prediction: found[prediction] };
      };
      return net.on({ name, graph: () => graph, keep: isNamed }, inspect);
    });
}
