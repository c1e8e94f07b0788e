/** Whether a net chooses between classes. */
import { outputs } from '../nn/model.ts';
import { perLabel } from '../nn/per-label.ts';
import type { LossName } from '../nn/predictions.ts';
import type { Saved } from './model-text.ts';

/** Losses whose outputs are shares of one whole. */
const choosing: readonly LossName[] = ['categoricalCrossEntropy', 'softmaxCrossEntropy'];

/** What a net does instead of choosing a class for each sample, for a message; undefined if it chooses one. */
export function insteadOfClasses({ model, loss, data }: Saved): string | undefined {
  if (outputs(model) === 1) return 'has a single output';
  if (perLabel.includes(loss.name)) return 'answers every label by itself';
  if (data?.targets === 'values' && !choosing.includes(loss.name)) return 'was trained on values';
  return undefined;
}
