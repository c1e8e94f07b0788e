/** Whether a net chooses between classes. */
import { factsOf } from '../nn/losses/registry.ts';
import { choicesIn, outputs, severalOutputs } from '../nn/model.ts';
import type { Saved } from './model-text.ts';

/** What a net does instead of choosing a class for each sample, for a message; undefined if it chooses one. */
export function insteadOfClasses({ model, loss, data }: Saved): string | undefined {
  if (severalOutputs(model)) return 'has several outputs';
  if (outputs(model) === 1) return 'has a single output';
  const { question } = factsOf(loss);
  if (choicesIn(model, { question }) > 1) return 'answers every pixel by itself';
  if (question === 'labels') return 'answers every label by itself';
  if (data?.targets === 'values' && question === 'values') return 'was trained on values';
  return undefined;
}
