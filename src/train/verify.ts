/** Checks a running program against the CPU reference. */

import { NonFiniteError } from '../base/errors.ts';
import { isFinite32 } from '../base/float32.ts';
import { FLAGS, type Program } from '../engine/engine.ts';
import { readAll, readState, readTensors, type Tensors, type Written, writeTensors } from '../engine/named-tensors.ts';
import { type Comparison, checkGraph, demand, type Report, report } from '../graph/check.ts';
import type { Node } from '../graph/graph.ts';
import { data } from '../graph/leaf.ts';
import type { Data } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { storageOf, written } from '../graph/storage.ts';
import type { Feed } from './feed.ts';
import { giveBack, isTotal, nextRow, type Session } from './session.ts';

interface Checked extends Report {
  /** The first tensor that holds NaN or infinity where the reference, given what the device holds, does so too. */
  readonly nonFinite?: string;
}

interface Demand {
  readonly allowNonFinite?: boolean;
  /** The step, of training. */
  readonly step?: number;
}

/** A difference is not to blame where it comes of NaN, as in ∞ − ∞, or lies beyond what f32 holds. */
function demandChecked(checked: Checked, where: string, { allowNonFinite = false, step }: Demand = {}): Report {
  const { nonFinite, ...compared } = checked;
  const { tensors } = compared;
  const first = tensors.findIndex(({ tensor }) => tensor === nonFinite);
  const failed = tensors.findIndex(({ share }) => !(share <= 1));
  const isBlamed = failed >= 0 && failed <= first && !isOverflow(tensors[failed]);
  if (nonFinite === undefined || isBlamed) return demand(compared, where);
  if (allowNonFinite) return compared;
  throw new NonFiniteError(`${where}: the first tensor that holds NaN or infinity is ${nonFinite}`, {
    tensor: nonFinite,
    step,
  });
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
  const programs = feed ? [feed.program, program] : [program];
  engine.run([{ programs, rows: [row] }], () => refused?.([row]));
  const after = await readTensors(program, ({ op }) => op !== data);
  const step = compareRun(program, row, before, after);
  if (!feed) return step;
  const made = await readTensors(feed.program, ({ op }) => op !== data);
  const batch = compareRun(feed.program, row, feed.held(), made);
  return { ...report([...batch.tensors, ...step.tensors]), nonFinite: step.nonFinite };
}

function compareRun(program: Program, step: StepRow, before: Tensors, after: Tensors): Checked {
  let nonFinite: string | undefined;
  const look = <T extends Data | undefined>(node: Node, tensor: string, data: T): T => {
    if (!nonFinite && !isTotal(node) && data && !data.every(Number.isFinite)) nonFinite = tensor;
    return data;
  };
  // Of several nodes in one memory the last one is what is there afterwards.
  const last = new Map(program.graph.nodes.map((node) => [storageOf(node), node]));
  const actual = (node: Node): Data | undefined =>
    last.get(storageOf(node)) === node ? after.get(storageOf(node).name) : undefined;
  const compared = checkGraph(program.graph, {
    step,
    leaf: (node) => look(node, node.name, before.get(node.name) ?? after.get(node.name)!),
    actual: (node) => look(node, written(node), actual(node)),
  });
  return { ...compared, nonFinite };
}

/**
 * One step on a batch that is no data set's, taken back afterwards with all that it wrote. Throws CheckError, and
 * NonFiniteError where both sides agree on what is no number, unless that is allowed.
 */
export async function checkBatchStep(
  session: Session,
  columns: number,
  batch: Written,
  allowNonFinite?: boolean,
): Promise<Report> {
  const { program } = session;
  const before = await readAll(program);
  const flags = await program.read(FLAGS);
  let checked: Checked;
  try {
    writeTensors(program, batch);
    checked = await checkedStep(session, () => nextRow(session, { columns }));
  } finally {
    writeTensors(program, before);
    program.setFlags(flags);
  }
  return demandChecked(checked, 'check', { allowNonFinite });
}

/** As `checkBatchStep`, in training. */
export async function demandStep(session: Session, nextRow: () => StepRow, feed: Feed): Promise<void> {
  const checked = await checkedStep(session, nextRow, feed, (rows) => giveBack(session, rows));
  const { steps: step } = session;
  demandChecked(checked, `step ${step}`, { step });
}
