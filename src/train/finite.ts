/** Whether what a net holds is finite. */
import { type NonFinite, NonFiniteError } from '../base/errors.ts';
import { FLAGS, type Program } from '../engine/engine.ts';
import { readByKey, readTensors, type Tensors } from '../engine/named-tensors.ts';
import { label } from '../graph/graph.ts';
import { data } from '../graph/leaf.ts';
import { stepOfNumber } from '../graph/step-row.ts';
import { type NonFiniteOptions, placeIn } from './non-finite-options.ts';
import { isTotal, type Session } from './session.ts';

/** Throws NonFiniteError where one of the first `steps` steps raised a flag: of the first that did. */
export async function demandFinite(session: Session, steps: number, flags: ArrayLike<number>): Promise<void> {
  const step = firstRaised(flags, steps);
  if (step !== undefined) throw await failure(session, step);
  session.finiteAt = steps;
}

/** The first of some steps that raised a flag. */
function firstRaised(flags: ArrayLike<number>, steps: number): number | undefined {
  const raised = Array.from(flags).filter((number) => number > 0);
  return raised.length > 0 ? Math.min(...raised.map((number) => stepOfNumber(number, steps))) : undefined;
}

/** The loss of the last step. Throws NonFiniteError where it is no finite number, with the first step that made one. */
export async function lossOf(
  { program, engine, steps }: Session,
  { allowNonFinite }: NonFiniteOptions,
): Promise<number> {
  // Together, so that the flags are of no step after it.
  const [losses, flags] = await engine.read(['losses', FLAGS].map((name) => ({ program, name })));
  const loss = losses.reduce((sum, x) => sum + x, 0);
  if (allowNonFinite || Number.isFinite(loss)) return loss;
  const step = firstRaised(flags, steps) ?? steps;
  const first = step < steps ? `, and the first NaN or infinity is of step ${step}` : '';
  const advice = 'Try a lower learning rate.';
  throw new NonFiniteError(`loss: that of step ${steps} is ${loss}${first}. ${advice}`, { step, advice });
}

/** Where nobody has looked into a step. */
const MORE = " fit with onNonFinite: 'stop' finds where it began.";

/** What is known of a step that is over, from the tensors of the last one; `more` says how to know more. */
export async function failure(session: Session, step: number, more = MORE): Promise<NonFiniteError> {
  const { program, steps } = session;
  const tensors = await readTensors(program, ({ op }) => op !== data);
  const found = firstNonFinite(program, tensors);
  const advice = remedy(session, tensors);
  const where = found ? `the first tensor that holds one is ${found.tensor}` : 'no tensor holds one';
  const message = `Step ${step} made NaN or infinity of a loss, a parameter or its state; after step ${steps} ${where}. ${advice}`;
  return new NonFiniteError(message + more, {
    step,
    ...found,
    advice,
  });
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

/** The first in the order of the graph. */
function firstNonFinite(program: Program, tensors: Tensors): NonFinite | undefined {
  for (const node of program.graph.nodes) {
    const values = isTotal(node) ? undefined : tensors.get(label(node));
    const at = values ? values.findIndex((x) => !Number.isFinite(x)) : -1;
    if (at >= 0) return { tensor: label(node), element: placeIn(node.shape, at), value: values![at] };
  }
  return undefined;
}

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
