/** Updates of a loop of the caller's own: the optimizer is given the gradients. */
import { keysOf, member } from '../../base/arguments.ts';
import { ShapeError } from '../../base/errors.ts';
import { indented } from '../../base/show-value.ts';
import { size } from '../../base/tensor.ts';
import type { DeviceTensor } from '../../engine/device-tensor.ts';
import { type Engine, FLAGS } from '../../engine/engine.ts';
import { type Held, heldOf } from '../../engine/held.ts';
import { writeTensors } from '../../engine/named-tensors.ts';
import { createGraph, type Graph } from '../../graph/graph.ts';
import { batch, leaf, parameter, state } from '../../graph/leaf.ts';
import type { StepRow } from '../../graph/step-row.ts';
import { appendUpdates } from '../../nn/updates.ts';
import { differences, type Expected, type Values } from '../../saved/differences.ts';
import type { Compiled } from '../compiled.ts';
import { demandFinite } from '../finite.ts';
import { type Counted, giveBack, nextRow, type Session } from '../session.ts';

/** Gradients by key, on either side. */
export type GivenGradients = Readonly<Record<string, Values[string] | DeviceTensor>>;

export async function updateWith(net: Compiled, gradients: GivenGradients): Promise<void> {
  const { session, access } = net;
  return access.exclusive('update', async () => {
    const trained = trainedIn(session);
    demandGradients(trained, gradients, session.engine);
    const program = { name: 'update', graph: () => updateGraph(session), keep: () => false, shares: 'state' } as const;
    await net.on(program, async (program) => {
      const given = trained.map(({ key, node }) => [`d${node.name}`, numbersOf(gradients[key])] as const);
      writeTensors(program, new Map(given));
      const row = takeUpdate(session);
      session.engine.run([{ programs: [program], rows: [row] }], () => giveBack(session, [row]));
    });
  });
}

const numbersOf = (given: GivenGradients[string]): Float32Array | Held =>
  heldOf(given) ?? Float32Array.from((given as Values[string]).data);

/** Throws ShapeError, or what `Held` does, unless there is a gradient for each of these and no other. */
function demandGradients(trained: readonly Expected[], gradients: GivenGradients, engine: Engine): void {
  const held = trained.filter(({ key }) => heldOf(member(gradients, key)));
  const isHeld = (key: string): boolean => held.some((of) => of.key === key);
  const numbers = keysOf(gradients)?.flatMap((key) => (isHeld(key) ? [] : [[key, member(gradients, key)] as const]));
  const others = trained.filter(({ key }) => !isHeld(key));
  const given = (numbers ? Object.fromEntries(numbers) : gradients) as Values;
  const wrong = differences(others, given, 'a parameter that is trained');
  if (wrong.length > 0) throw new ShapeError(['update: nothing was changed:', ...indented(wrong)]);
  for (const { key, shape } of held) heldOf(gradients[key])!.demandShape(`update: ${key}`, engine, shape);
}

const trainedIn = ({ parameters }: Session) => parameters.filter(({ trained }) => trained);

/**
 * Makes what updates the parameters with the gradients that steps have added up, in place of a step that was counted and is not
 * run: its row, and what was pending before it. Rejects with NonFiniteError where that makes NaN or infinity.
 */
export async function updateLeft(session: Session): Promise<(pending: Counted, row: StepRow) => Promise<void>> {
  const { engine, update } = session;
  const graph = updateGraph(session, update.accumulate);
  const names = graph.nodes.filter(({ op }) => op === parameter || op === state).map(({ name }) => name);
  const shared = [{ program: session.program, names }];
  const program = await engine.program(graph, { keep: () => false, watched: true, shared });
  return async ({ samples }, row) => {
    for (const { node } of trainedIn(session)) program.write(`d${node.name}`, new Float32Array(size(node.shape)));
    const rows = [{ ...row, columns: 0, fresh: 0, share: Math.fround(1 / samples) }];
    engine.run([{ programs: [program], rows }], () => giveBack(session, [row]));
    const flags = program.read(FLAGS);
    program.destroy();
    await demandFinite(session, session.steps, await flags);
  };
}

/**
 * ∂C/∂W, ∂C/∂b as `dW1`, ... -> the update that a step makes of them. By default it is due at once, whatever waits for that of a
 * step.
 */
function updateGraph(session: Session, accumulate = 1): Graph {
  const { optimizer, update, task, stateFrom } = session;
  const graph = createGraph();
  const all = session.parameters.map((of) =>
    of.trained ? { ...of, node: leaf(graph, parameter, of.node.name, of.node.shape) } : of,
  );
  const leaves = all.filter(({ trained }) => trained);
  const gradients = new Map(leaves.map(({ node }) => [node, leaf(graph, batch, `d${node.name}`, node.shape)]));
  appendUpdates(graph, optimizer, all, gradients, { ...update, stateFrom, accumulate, mean: task.loss.mean });
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
