/** Whether what a net holds is finite. */
import { NonFiniteError } from '../base/errors.ts';
import type { Program } from '../engine/engine.ts';
import { readByKey, readTensors, type Tensors } from '../engine/named-tensors.ts';
import { label } from '../graph/graph.ts';
import { data } from '../graph/leaf.ts';
import type { Session } from './session.ts';

/**
 * Throws NonFiniteError where the mean loss of an epoch, or one of some parameters, is no finite number. A loss alone does not
 * tell: ReLU turns −∞ into 0. Names the first tensor of the last step that holds one, in the order of the graph.
 */
export async function demandFinite(session: Session, loss: number, parameters: Tensors = new Map()): Promise<void> {
  const { program } = session;
  if (Number.isFinite(loss) && !firstNonFinite(program, parameters)) return;
  const { steps } = session;
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
