/** Updates of a loop of the caller's own: the optimizer is given the gradients. */
import { ShapeError } from '../../base/errors.ts';
import { indented } from '../../base/show-value.ts';
import { createGraph, type Graph } from '../../graph/graph.ts';
import { batch, leaf, parameter } from '../../graph/leaf.ts';
import { appendUpdates } from '../../nn/updates.ts';
import { differences, type Values } from '../../saved/differences.ts';
import type { Compiled } from '../compiled.ts';
import { giveBack, nextRow, type Session } from '../session.ts';

export async function updateWith(net: Compiled, gradients: Values): Promise<void> {
  const { session, access } = net;
  return access.exclusive('update', async () => {
    const trained = trainedIn(session);
    const wrong = differences(trained, gradients, 'a parameter that is trained');
    if (wrong.length > 0) throw new ShapeError(['update: nothing was changed:', ...indented(wrong)]);
    await net.on(
      { name: 'update', graph: () => updateGraph(session), keep: () => false, shares: 'state' },
      async (program) => {
        for (const { key, node } of trained) program.write(`d${node.name}`, Float32Array.from(gradients[key].data));
        const row = takeUpdate(session);
        session.engine.run([{ programs: [program], rows: [row] }], () => giveBack(session, [row]));
      },
    );
  });
}

const trainedIn = ({ parameters }: Session) => parameters.filter(({ trained }) => trained);

/** ∂C/∂W, ∂C/∂b as `dW1`, ... -> the update that a step makes of them; it is due at once, whatever waits for that of a step. */
function updateGraph(session: Session): Graph {
  const { optimizer, update, task } = session;
  const graph = createGraph();
  const all = session.parameters.map((of) =>
    of.trained ? { ...of, node: leaf(graph, parameter, of.node.name, of.node.shape) } : of,
  );
  const leaves = all.filter(({ trained }) => trained);
  const gradients = new Map(leaves.map(({ node }) => [node, leaf(graph, batch, `d${node.name}`, node.shape)]));
  appendUpdates(graph, optimizer, all, gradients, { ...update, accumulate: 1, mean: task.loss.mean });
  return graph;
}

/** The row of an update, counted as a step that leaves no tensors behind and no loss. */
function takeUpdate(session: Session) {
  const row = nextRow(session, { columns: 0, due: 1, share: 1 });
  if (session.steps === session.stepsBefore) session.stepsBefore++;
  session.steps++;
  session.updates++;
  session.unfinished = undefined;
  session.best = undefined;
  return row;
}
