/** Checks a running program against the CPU reference. */

import { NonFiniteError } from '../base/errors.ts';
import { isFinite32 } from '../base/float32.ts';
import type { Program } from '../engine/engine.ts';
import { readAll, readByKey, readState, readTensors, type Tensors, writeTensors } from '../engine/named-tensors.ts';
import { type Comparison, checkGraph, demand, type Report, report } from '../graph/check.ts';
import { label } from '../graph/graph.ts';
import { data } from '../graph/leaf.ts';
import type { Data } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { overwrites, storageOf, written } from '../graph/storage.ts';
import type { Feed } from './feed.ts';
import { giveBack, nextRow, type Session } from './session.ts';

interface Checked extends Report {
  /** The first tensor that holds NaN or infinity where the reference, given what the device holds, does so too. */
  readonly nonFinite?: string;
}

/** A difference is not to blame where it comes of NaN, as in ∞ − ∞, or lies beyond what f32 holds. */
function demandChecked(checked: Checked, where: string): Report {
  const { nonFinite, ...compared } = checked;
  const { tensors } = compared;
  const first = tensors.findIndex(({ tensor }) => tensor === nonFinite);
  const failed = tensors.findIndex(({ share }) => !(share <= 1));
  const isBlamed = failed >= 0 && failed <= first && !isOverflow(tensors[failed]);
  if (nonFinite === undefined || isBlamed) return demand(compared, where);
  throw new NonFiniteError(`${where}: the first tensor that holds NaN or infinity is ${nonFinite}`);
}

const isOverflow = ({ worst: { actual, expected } }: Comparison): boolean =>
  !Number.isFinite(actual) && !isFinite32(expected);

/**
 * Runs one step and compares all it computed with the reference. With a feed, the batch it made as well. The row is asked
 * for when the step is queued.
 */
async function checkedStep(
  { engine, program }: Session,
  nextRow: () => StepRow,
  feed?: Feed,
  refused?: (rows: readonly StepRow[]) => void,
): Promise<Checked> {
  const before = await readState(program);
  const row = nextRow();
  engine.run(feed ? [feed.program, program] : [program], [row], refused);
  const after = await readTensors(program, ({ op }) => op !== data);
  const step = compareRun(program, row, before, after);
  if (!feed) return step;
  const { inputs, targets } = feed.copy ?? feed.dataset;
  const resident = new Map<string, Data>([
    ['xData', inputs.data],
    ['yData', targets.data],
  ]);
  const made = await readTensors(feed.program, ({ op }) => op !== data);
  const batch = compareRun(feed.program, row, resident, made);
  return { ...report([...batch.tensors, ...step.tensors]), nonFinite: step.nonFinite };
}

function compareRun(program: Program, step: StepRow, before: Tensors, after: Tensors): Checked {
  const nonFinite: string[] = [];
  const look = <T extends Data | undefined>(name: string, data: T): T => {
    if (!name.startsWith('lossTotal') && data && !data.every(Number.isFinite)) nonFinite.push(name);
    return data;
  };
  const compared = checkGraph(program.graph, {
    step,
    leaf: (node) => look(node.name, before.get(node.name) ?? after.get(node.name)!),
    actual: (node) => look(written(node), after.get(overwrites(node) ? storageOf(node).name : node.name)),
  });
  return { ...compared, nonFinite: nonFinite[0] };
}

/**
 * One step on a batch that is no data set's, taken back afterwards with all that it wrote. Throws CheckError, and
 * NonFiniteError where both sides agree on what is no number.
 */
export async function checkBatchStep(session: Session, columns: number, batch: Tensors): Promise<Report> {
  const { program } = session;
  const before = await readAll(program);
  let checked: Checked;
  try {
    writeTensors(program, batch);
    checked = await checkedStep(session, () => nextRow(session, { columns }));
  } finally {
    writeTensors(program, before);
  }
  return demandChecked(checked, 'check');
}

/** As `checkBatchStep`, in training. */
export async function demandStep(session: Session, nextRow: () => StepRow, feed: Feed): Promise<void> {
  const checked = await checkedStep(session, nextRow, feed, (rows) => giveBack(session, rows));
  demandChecked(checked, `step ${session.steps}`);
}

/**
 * Throws NonFiniteError where the mean loss of an epoch, or a parameter after it, is no finite number. A loss alone does not
 * tell: ReLU turns −∞ into 0. Names the first tensor of the last step that holds one, in the order of the graph.
 */
export async function demandFinite(session: Session, loss: number, parameters: Tensors): Promise<void> {
  const { program, steps } = session;
  if (Number.isFinite(loss) && !firstNonFinite(program, parameters)) {
    session.finiteAt = steps;
    return;
  }
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
  return `In ${infinite.name} the square of a gradient is too large for a 32-bit float: try clipNorm, or smaller targets.`;
}

const firstNonFinite = (program: Program, tensors: Tensors): string | undefined =>
  program.graph.nodes
    .map(label)
    .find((name) => name !== 'lossTotal' && tensors.get(name)?.some((x) => !Number.isFinite(x)));

/**
 * Throws NonFiniteError naming the first parameter that holds NaN or infinity, which no result has to show: ReLU makes 0 of −∞.
 * Reads the parameters only where steps were made since that was last known.
 */
export async function demandParameters(session: Session, where: string): Promise<void> {
  const { program, parameters, steps, finiteAt } = session;
  if (finiteAt === steps) return;
  const values = await readByKey(program, parameters, ({ node }) => node.name);
  for (const [key, { data }] of Object.entries(values)) {
    const at = data.findIndex((x) => !Number.isFinite(x));
    if (at < 0) continue;
    throw new NonFiniteError(`${where}: ${key} holds ${data[at]} at value ${at}, after step ${steps}`);
  }
  session.finiteAt = steps;
}
