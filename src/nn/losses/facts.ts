/**
 * What is known of each loss without its code: what is asked of a net that it trains, what turns outputs into predictions, and
 * which options it has. A loss and the list of all losses take it from here.
 */
import { linear, sigmoid, softmax } from '../layers/activation.ts';
import type { LayerActivation } from '../layers/layer.ts';
import {
  type Check,
  categoricalSettings,
  focalSettings,
  huberSettings,
  labelSettings,
  ownSettings,
} from './settings.ts';

/**
 * What is asked of a net: which class a sample is of; which labels it has, each by itself; or which values.
 */
export type Question = 'class' | 'labels' | 'values';

export interface LossFacts {
  /** Name of the function that makes it. */
  readonly name: string;
  readonly question: Question;
  /** Turns outputs into predictions: a loss on logits has taken it over. */
  readonly prediction: LayerActivation;
  /** Output above which a label counts as predicted. */
  readonly threshold: number;
  /** Its options besides the reduction, with their checks. */
  readonly settings: Readonly<Record<string, Check>>;
}

const factsOf = (
  name: string,
  question: Question,
  {
    prediction = linear,
    threshold = prediction === linear ? 0.5 : 0,
    settings = {},
  }: Partial<Omit<LossFacts, 'name' | 'question'>> = {},
): LossFacts => ({ name, question, prediction, threshold, settings });

export const quadratic = /* @__PURE__ */ factsOf('quadratic', 'values');
export const squared = /* @__PURE__ */ factsOf('squared', 'values');
export const meanSquared = /* @__PURE__ */ factsOf('meanSquared', 'values');
export const meanAbsolute = /* @__PURE__ */ factsOf('meanAbsolute', 'values');
export const huber = /* @__PURE__ */ factsOf('huber', 'values', { settings: huberSettings });
export const hinge = /* @__PURE__ */ factsOf('hinge', 'labels', { threshold: 0 });
export const focal = /* @__PURE__ */ factsOf('focal', 'labels', { prediction: sigmoid, settings: focalSettings });
export const klDivergence = /* @__PURE__ */ factsOf('klDivergence', 'class', { prediction: softmax });
/** The facts of a loss of one's own, without its name. */
export const ownLoss = /* @__PURE__ */ factsOf('lossFunction', 'values', { settings: ownSettings });
export const binaryCrossEntropy = /* @__PURE__ */ factsOf('binaryCrossEntropy', 'labels', {
  settings: labelSettings,
});
export const sigmoidCrossEntropy = /* @__PURE__ */ factsOf('sigmoidCrossEntropy', 'labels', {
  prediction: sigmoid,
  settings: labelSettings,
});
export const categoricalCrossEntropy = /* @__PURE__ */ factsOf('categoricalCrossEntropy', 'class', {
  settings: categoricalSettings,
});
export const softmaxCrossEntropy = /* @__PURE__ */ factsOf('softmaxCrossEntropy', 'class', {
  prediction: softmax,
  settings: categoricalSettings,
});
