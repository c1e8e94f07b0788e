/** The loss that a model is trained with: the one that is given, or those of several outputs as one. */
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { checkLoss, checkOutput, type LossFunction } from '../nn/losses/loss.ts';
import { type Model, severalOutputs } from '../nn/model.ts';

/** Throws ArgumentError for a loss that is none, or does not go with the outputs of the model. */
export function lossFor(
  where: string,
  model: Model,
  { loss, lossWeights }: { readonly loss: unknown; readonly lossWeights?: unknown },
): LossFunction {
  const several = severalOutputs(model);
  if (several) return several.rule.losses(several.outputs, loss, lossWeights, where) as LossFunction;
  if (lossWeights !== undefined)
    throw new ArgumentError(
      `${where}: lossWeights: expected a model of several outputs, found ${showValue(lossWeights)}`,
    );
  checkLoss(where, loss);
  checkOutput(model, loss as LossFunction);
  return loss as LossFunction;
}
