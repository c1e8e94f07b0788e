/** A running program against the CPU reference. */
import { checkGraph, demand, type Report, report } from './check.ts';
import type { Program } from './engine.ts';
import { NonFiniteError } from './errors.ts';
import type { Feed } from './feed.ts';
import { overwrites, storageOf } from './fuse.ts';
import { label, type Node } from './graph.ts';
import type { Data } from './ops/op.ts';
import type { Session } from './session.ts';
import type { StepRow } from './step.ts';

type Tensors = ReadonlyMap<string, Data>;

const read = async (program: Program, wanted: (node: Node) => boolean): Promise<Tensors> => {
  const names = program.graph.nodes
    .filter((node) => program.tensors.has(node.name) && wanted(node))
    .map((node) => node.name);
  return new Map(await Promise.all(names.map(async (name) => [name, await program.read(name)] as const)));
};

/** Parameters and state: what a step overwrites. */
export const readState = (program: Program): Promise<Tensors> =>
  read(program, ({ op }) => op.name === 'parameter' || op.name === 'state');

/** Runs one step and compares all it computed with the reference. With a feed, the batch it made as well. */
export async function checkedStep({ engine, program }: Session, row: StepRow, feed?: Feed): Promise<Report> {
  const before = await readState(program);
  engine.run(feed ? [feed.program, program] : [program], [row]);
  const step = await compareRun(program, row, before);
  if (!feed) return step;
  const resident = new Map<string, Data>([
    ['xData', feed.dataset.inputs.data],
    ['yData', feed.dataset.targets.data],
  ]);
  const batch = await compareRun(feed.program, row, resident);
  return report([...batch.tensors, ...step.tensors]);
}

async function compareRun(program: Program, step: StepRow, before: Tensors): Promise<Report> {
  const after = await read(program, ({ op }) => op.name !== 'data');
  return checkGraph(program.graph, {
    step,
    leaf: (node) => before.get(node.name) ?? after.get(node.name)!,
    actual: (node) => after.get(overwrites(node) ? storageOf(node).name : node.name),
  });
}

/** As `checkedStep`, in training: throws CheckError. */
export async function demandStep(session: Session, row: StepRow, feed: Feed): Promise<void> {
  demand(await checkedStep(session, row, feed), `step ${session.steps}`);
}

/** The error for a loss that is no number: says which tensor of the last step went bad first. */
export async function nonFinite({ program, steps }: Session, loss: number): Promise<NonFiniteError> {
  const tensors = await read(program, () => true);
  const bad = program.graph.nodes.find((node) => tensors.get(node.name)?.some((x) => !Number.isFinite(x)));
  const where = bad
    ? `the first tensor of that step that holds one is ${label(bad)}`
    : 'no tensor of that step holds one any more';
  return new NonFiniteError(`The loss is ${loss} by step ${steps}; ${where}. Try a lower learning rate.`);
}
