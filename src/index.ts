/** Everything of `retrograd`. */
import { isList, member } from './arguments.ts';
import { ArgumentError } from './errors.ts';
import { type Graph, printGraph } from './graph.ts';
import { printSchedule, type Schedule } from './schedule.ts';
import { shown } from './shown.ts';

export type { AugmentOptions } from './augment.ts';
export { augmented } from './augmented.ts';
export { CheckError, type Comparison, printReport, type Report } from './check.ts';
export type { LoadOptions, SaveOptions } from './checkpoint.ts';
export { type CompileOptions, compile } from './compile.ts';
export type { Dataset, Field } from './data/dataset.ts';
export { type Device, type DeviceInfo, openDevice } from './device.ts';
export * from './errors.ts';
export type { EvaluateOptions, Evaluation } from './evaluate.ts';
export type { EpochResult, FitOptions, Progress } from './fit.ts';
export type { Graph, Node } from './graph.ts';
export { he, type Initialiser, normal, ones, uniform, xavier, zeros } from './initialisers.ts';
export {
  type ActivationLayer,
  type Add,
  activation,
  add,
  avgPool2d,
  type BatchNorm,
  type BatchNormOptions,
  batchNorm,
  type Conv2d,
  type Conv2dOptions,
  conv2d,
  type Dense,
  type Dropout,
  dense,
  dropout,
  elu,
  type Flatten,
  flatten,
  gelu,
  type Layer,
  type LayerActivation,
  type LayerNorm,
  type LayerNormOptions,
  layerNorm,
  leakyRelu,
  linear,
  maxPool2d,
  type PointwiseOptions,
  type Pool2d,
  type Pool2dOptions,
  pointwise,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from './layers/index.ts';
export {
  type CosineDecay,
  cosineDecay,
  type ExponentialDecay,
  exponentialDecay,
  type LearningRate,
  type LearningRateSchedule,
  learningRateAt,
  type OneCycle,
  oneCycle,
  type StepDecay,
  stepDecay,
  updatesIn,
  type WarmUp,
  warmUp,
} from './learning-rate.ts';
export {
  binaryCrossEntropy,
  type CategoricalOptions,
  categoricalCrossEntropy,
  type LossFunction,
  type LossOptions,
  meanSquared,
  quadratic,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squared,
} from './losses.ts';
export { apply, input, type Model, model, sequential, type Value } from './model.ts';
export {
  type AdamOptions,
  adam,
  adamw,
  type Decayed,
  momentum,
  nesterov,
  type Optimizer,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
} from './optim.ts';
export type { Preparing } from './preparing.ts';
export { formatSafetensors, parseSafetensors, type TensorFile } from './safetensors.ts';
export type { Schedule } from './schedule.ts';
export type { Tensor } from './tensor.ts';
export type { Trainer } from './trainer.ts';
export type { StepTuning, TuneMode } from './tune.ts';

/** A graph (a line per node) or a schedule (a block per dispatch) as text. */
export function print(value: Graph | Schedule): string {
  if (isList(member(value, 'steps'))) return printSchedule(value as Schedule);
  if (isList(member(value, 'nodes'))) return printGraph(value as Graph);
  throw new ArgumentError(`print: expected the graph or the schedule of a net, found ${shown(value)}`);
}
