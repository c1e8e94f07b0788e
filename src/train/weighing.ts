/** Weights of samples in the training step of a net. A step has a place for them once they come. */
import { StateError } from '../base/errors.ts';
import type { Compiled } from './compiled.ts';
import type { PackedBatch } from './pack-batch.ts';
import { replaceStep, stepFor } from './replace-step.ts';
import type { Session } from './session.ts';

/** Makes the training step anew if it has no place for weights. Gradients that wait for an update wait on. */
export async function weigh(net: Compiled, where: string): Promise<void> {
  const { session } = net;
  if (session.task.weighted) return;
  const changes = { weighted: true };
  await replaceStep(net, changes, await stepFor(session, changes, where));
  session.stepsBefore = session.steps;
}

/** Throws StateError for weights that the training step has no place for. */
export function demandPlace({ task }: Session, { tensors }: PackedBatch, where: string): void {
  if (task.weighted || !tensors.has('w')) return;
  const expected =
    'a net that was compiled with { sampleWeights: true }, or that fit has trained on samples with weights';
  throw new StateError(`${where}: sampleWeights: expected ${expected}`);
}
