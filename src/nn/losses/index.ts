/** The losses. */
export { binaryCrossEntropy } from './binary-cross-entropy.ts';
export type { CategoricalOptions } from './categorical.ts';
export { categoricalCrossEntropy } from './categorical-cross-entropy.ts';
export { type FocalOptions, focal } from './focal.ts';
export { hinge } from './hinge.ts';
export { type HuberOptions, huber } from './huber.ts';
export { klDivergence } from './kl-divergence.ts';
export type { LabelOptions } from './labels.ts';
export type { LossFunction, LossOptions } from './loss.ts';
export { type LossFunctionOptions, lossFunction } from './loss-function.ts';
export { meanAbsolute } from './mean-absolute.ts';
export type { LossSettings } from './settings.ts';
export { sigmoidCrossEntropy } from './sigmoid-cross-entropy.ts';
export { softmaxCrossEntropy } from './softmax-cross-entropy.ts';
export { meanSquared, quadratic, squared } from './squared.ts';
