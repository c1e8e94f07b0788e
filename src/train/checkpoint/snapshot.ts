/** What a checkpoint is made of, as it is at one moment. */
import { size, type Tensor } from '../../base/tensor.ts';
import { readByKey } from '../../engine/named-tensors.ts';
import { state } from '../../graph/leaf.ts';
import type { Data } from '../../graph/op.ts';
import { slotsIn } from '../../graph/storage.ts';
import type { Expected } from '../../saved/differences.ts';
import { averageOf } from '../averages.ts';
import { type Position, type Session, slotOf } from '../session.ts';
import type { TrainingStep } from '../training-program.ts';

export interface Stored extends Expected {
  /** The name of the tensor in the program. */
  readonly name: string;
  readonly isWeight: boolean;
  /** The key of the weight that it begins with, where a file has weights alone. Default: it begins with 0. */
  readonly begins?: string;
  /** Slots that the tensor of the program has; a file holds the one of the epoch under way, in `shape`. */
  readonly slots: number;
}

export const OPTIMIZER = 'optimizer.';
export const TRAINING = 'training.';

/** Under which a file has the parameters whose averages are its weights. */
const RAW = `${OPTIMIZER}raw.`;

/**
 * The weights of a net with their keys in a file: what evaluations use. Parameters that have an average beside them are under
 * keys of their own.
 */
export const storedWeights = ({ program, parameters }: TrainingStep): Stored[] =>
  parameters.flatMap(({ key, node: { name }, shape }): Stored[] => {
    const average = averageOf(program, name);
    const weight = { key, name: average ?? name, shape, isWeight: true, slots: 1 };
    return average ? [weight, { ...weight, key: RAW + key, name, isWeight: false, begins: key }] : [weight];
  });

/** Every tensor that outlives a step, with its key in a file. */
export function storedTensors(step: TrainingStep): Stored[] {
  const { program, parameters } = step;
  const weights = storedWeights(step);
  const isStored = (name: string) => weights.some((weight) => weight.name === name);
  const states = program.graph.nodes.filter(({ op, name }) => op === state && program.tensors.has(name));
  const others = states
    .filter(({ name }) => !isStored(name))
    .map(({ name, shape }): Stored => {
      const of = parameters.find(({ node }) => name.endsWith(`.${node.name}`)); // v.W1
      const rest = { name, isWeight: false, anyNumber: true, slots: 1 };
      if (of) return { ...rest, key: OPTIMIZER + name.slice(0, -of.node.name.length) + of.key, shape: of.shape };
      const slots = slotsIn(program.graph, name);
      return { ...rest, key: TRAINING + name, shape: [shape[0] / slots, ...shape.slice(1)], slots };
    });
  return [...weights, ...others];
}

export interface Snapshot {
  readonly session: Session;
  readonly stored: readonly Stored[];
  /** By key. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Copies what a file holds, as it is after the step that was queued last. */
export async function takeSnapshot(session: Session, weightsOnly = false): Promise<Snapshot> {
  const stored = storedTensors(session).filter(({ isWeight }) => isWeight || !weightsOnly);
  const taken = { ...session };
  const tensors = await readByKey(session.program, stored, ({ name }) => name);
  for (const { key, shape, slots } of stored) {
    const first = slotOf(taken, slots) * size(shape);
    tensors[key] = { shape, data: tensors[key].data.subarray(first, first + size(shape)) };
  }
  return { session: taken, stored, tensors };
}

/** A tensor of a file as one of the program, in the slot where an epoch goes on; the others are of epochs that are over. */
export function unfolded({ shape, slots }: Stored, data: Data, position: Pick<Position, 'epochs'>): Data {
  if (slots === 1) return data;
  const whole = new Float32Array(slots * size(shape));
  whole.set(data, slotOf(position, slots) * size(shape));
  return whole;
}
