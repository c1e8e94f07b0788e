/** A running program against the CPU reference. */
import { checkGraph, demand, type Report, report } from './check.ts';
import type { Program } from './engine.ts';
import { NonFiniteError } from './errors.ts';
import type { Feed } from './feed.ts';
import { overwrites, storageOf } from './fuse.ts';
import { label } from './graph.ts';
import { data } from './ops/leaf.ts';
import type { Data } from './ops/op.ts';
import { giveBack, nextRow, type Session } from './session.ts';
import type { StepRow } from './step.ts';
import { readAll, readState, readTensors, type Tensors, writeTensors } from './tensors.ts';

/**
 * Runs one step and compares all it computed with the reference. With a feed, the batch it made as well. The row is asked
 * for when the step is queued.
 */
async function checkedStep(
  { engine, program }: Session,
  nextRow: () => StepRow,
  feed?: Feed,
  refused?: (rows: readonly StepRow[]) => void,
): Promise<Report> {
  const before = await readState(program);
  const row = nextRow();
  engine.run(feed ? [feed.program, program] : [program], [row], refused);
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
  const after = await readTensors(program, ({ op }) => op !== data);
  return checkGraph(program.graph, {
    step,
    leaf: (node) => before.get(node.name) ?? after.get(node.name)!,
    actual: (node) => after.get(overwrites(node) ? storageOf(node).name : node.name),
  });
}

/** One step on a batch that is no data set's, taken back afterwards with all that it wrote. Throws CheckError. */
export async function checkBatchStep(session: Session, columns: number, batch: Tensors): Promise<Report> {
  const { program } = session;
  const before = await readAll(program);
  writeTensors(program, batch);
  const report = await checkedStep(session, () => nextRow(session, { columns }));
  writeTensors(program, before);
  return demand(report, 'check');
}

/** As `checkedStep`, in training: throws CheckError. */
export async function demandStep(session: Session, nextRow: () => StepRow, feed: Feed): Promise<void> {
  const report = await checkedStep(session, nextRow, feed, (rows) => giveBack(session, rows));
  demand(report, `step ${session.steps}`);
}

/**
 * Throws NonFiniteError where the mean loss of an epoch, or a parameter after it, is no finite number. A loss alone does not
 * tell: ReLU turns NaN into 0. Names the first tensor of the last step that holds one, in the order of the graph.
 */
export async function demandFinite(session: Session, loss: number, parameters: Tensors): Promise<void> {
  const { program, steps } = session;
  if (Number.isFinite(loss) && !firstNonFinite(program, parameters)) return;
  session.unfinished = undefined; // an epoch whose loss is no number is none to go on with
  const tensors = await readTensors(program, ({ op }) => op !== data);
  const bad = firstNonFinite(program, tensors);
  const where = bad ? `the first tensor that holds NaN or infinity is ${bad}` : 'no tensor of the last step holds one';
  throw new NonFiniteError(`After step ${steps} the mean loss is ${loss}, and ${where}. ${remedy(session, tensors)}`);
}

/** A moving average of squares that is infinite stays so, whatever became of the rest since. */
function remedy({ program, optimizer }: Session, tensors: Tensors): string {
  const squares = ['adam', 'adamw', 'rmsprop'].includes(optimizer.kind) ? program.graph.nodes : [];
  const infinite = squares.find(
    ({ name }) => name.startsWith('v.') && tensors.get(name)?.some((x) => x === Number.POSITIVE_INFINITY),
  );
  if (!infinite) return 'Try a lower learning rate.';
  return `In ${infinite.name} the square of a gradient is more than a 32-bit float holds: try clipNorm, or smaller targets.`;
}

const firstNonFinite = (program: Program, tensors: Tensors): string | undefined =>
  program.graph.nodes
    .map(label)
    .find((name) => name !== 'lossTotal' && tensors.get(name)?.some((x) => !Number.isFinite(x)));
