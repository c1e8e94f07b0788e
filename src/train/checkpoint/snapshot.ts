/** What a checkpoint is made of, as it is at one moment. */
import type { Tensor } from '../../base/tensor.ts';
import { readByKey } from '../../engine/named-tensors.ts';
import { state } from '../../graph/leaf.ts';
import type { Session } from '../session.ts';
import type { Expected } from './differences.ts';

export interface Stored extends Expected {
  /** The name of the tensor in the program. */
  readonly name: string;
  readonly isWeight: boolean;
}

export const OPTIMIZER = 'optimizer.';
export const TRAINING = 'training.';

/** Every tensor that outlives a step, with its key in a file. */
export function storedTensors({ program, parameters }: Session): Stored[] {
  const weights = parameters.map(({ key, node: { name }, shape }) => ({ key, name, shape, isWeight: true }));
  const isStored = (name: string) => weights.some((weight) => weight.name === name);
  const states = program.graph.nodes.filter(({ op, name }) => op === state && program.tensors.has(name));
  const others = states
    .filter(({ name }) => !isStored(name))
    .map(({ name, shape }): Stored => {
      const of = weights.find((weight) => name.endsWith(`.${weight.name}`)); // v.W1
      const rest = { name, isWeight: false, anyNumber: true };
      if (!of) return { ...rest, key: TRAINING + name, shape };
      return { ...rest, key: OPTIMIZER + name.slice(0, -of.name.length) + of.key, shape: of.shape };
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
  return { session: { ...session }, stored, tensors: await readByKey(session.program, stored, ({ name }) => name) };
}
