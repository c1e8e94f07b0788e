/**
 * Networks, training and the device.
 *
 * @module retrograd
 */
import { isList, member } from './base/arguments.ts';
import { ArgumentError } from './base/errors.ts';
import { showValue } from './base/show-value.ts';
import { printSchedule, type Schedule } from './compiler/schedule.ts';
import { type Graph, printGraph } from './graph/graph.ts';

export type { Bytes } from './base/as-bytes.ts';
export * from './base/errors.ts';
export type { NamedRows, Rows } from './base/numbers.ts';
export type { Shape, Tensor } from './base/tensor.ts';
export type { LinkedShader } from './compiler/link.ts';
export type { Binding, Buffer as ScheduleBuffer, Dispatch, Schedule } from './compiler/schedule.ts';
export type { StorageBinding } from './compiler/split.ts';
export type { Dataset, DatasetIdentity, Field } from './data/dataset.ts';
export type { StreamedDataset, StreamedField } from './data/streamed.ts';
export type { CompileProgress } from './engine/compile-progress.ts';
export type { Device, DeviceInfo, DeviceOptions } from './engine/device.ts';
export type { DeviceTensor } from './engine/device-tensor.ts';
export { openDevice } from './engine/open-device.ts';
export { CheckError, type Comparison, printReport, type Report } from './graph/check.ts';
export type { Attributes, Form, Graph, Node, Op, Printable } from './graph/op.ts';
export {
  type AccuracyResults,
  type AucResults,
  type Average,
  accuracy,
  auc,
  type ClassResults,
  type ClassScores,
  type Confusion,
  type ConfusionResults,
  confusion,
  type ExactMatchResults,
  exactMatch,
  type MeanAbsoluteErrorResults,
  meanAbsoluteError,
  type PrecisionRecallF1Options,
  precisionRecallF1,
  printConfusion,
  printScores,
  type RSquaredResults,
  rSquared,
  type Scores,
  type TopKResults,
  topK,
} from './metrics/index.ts';
export type {
  Found,
  Metric,
  MetricRule,
  MetricSite,
  MetricTotal,
  ResultsOf,
  Subject,
} from './metrics/metric.ts';
export { type ModelInputs, model } from './nn/functional.ts';
export { he, type Initialiser, lecun, normal, ones, uniform, xavier, zeros } from './nn/initialisers.ts';
export {
  type ActivationLayer,
  type Add,
  type AvgPool1dOptions,
  type AvgPool2dOptions,
  activation,
  add,
  avgPool1d,
  avgPool2d,
  type BatchNorm,
  type BatchNormOptions,
  batchNorm,
  type Concat,
  type Conv1d,
  type Conv1dOptions,
  type Conv2d,
  type Conv2dOptions,
  type Conv2dTranspose,
  type Conv2dTransposeOptions,
  concat,
  conv1d,
  conv2d,
  conv2dTranspose,
  type Dense,
  type Dropout,
  dense,
  dropout,
  type Embedding,
  type EmbeddingOptions,
  elu,
  embedding,
  exactGelu,
  type Flatten,
  flatten,
  type GlobalPool2d,
  type GroupNorm,
  type GroupNormOptions,
  type Gru,
  gelu,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  gru,
  hardSigmoid,
  hardSwish,
  type InitialiserOptions,
  type InputLayer,
  type Layer,
  type LayerActivation,
  type LayerNorm,
  type LayerNormOptions,
  type Lstm,
  layerNorm,
  leakyRelu,
  linear,
  lstm,
  type Multiply,
  maxPool1d,
  maxPool2d,
  mish,
  multiply,
  type OutputsLayer,
  type Permute,
  type PointwiseOptions,
  type Pool1d,
  type Pool1dOptions,
  type Pool2d,
  type Pool2dOptions,
  type Prelu,
  permute,
  pointwise,
  prelu,
  type RecurrentOptions,
  type Reshape,
  relu,
  relu6,
  reshape,
  type Standardize,
  type StandardizeOptions,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  standardize,
  tanh,
  type Upsample2d,
  upsample2d,
  type Weighted,
  type WeightedOptions,
} from './nn/layers/index.ts';
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
  type ReduceOnPlateau,
  reduceOnPlateau,
  type SeenEpochs,
  type StepDecay,
  stepDecay,
  updatesIn,
  type WarmUp,
  warmUp,
} from './nn/learning-rate.ts';
export type { Question } from './nn/losses/facts.ts';
export {
  binaryCrossEntropy,
  type CategoricalOptions,
  categoricalCrossEntropy,
  type FocalOptions,
  focal,
  type HuberOptions,
  hinge,
  huber,
  klDivergence,
  type LabelOptions,
  type LossFunction,
  type LossFunctionOptions,
  type LossOptions,
  type LossSettings,
  lossFunction,
  meanAbsolute,
  meanSquared,
  quadratic,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squared,
} from './nn/losses/index.ts';
export {
  apply,
  input,
  type Model,
  type NamedOutputs,
  type Predictions,
  type Symbolic,
  sequential,
} from './nn/model.ts';
export {
  type AdamOptions,
  adam,
  adamw,
  type Decayed,
  momentum,
  nesterov,
  type Optimizer,
  type Penalty,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
} from './nn/optimizers/index.ts';
export { type LayerSummary, printSummary, type StepBytes, type Summary } from './nn/summary.ts';
export type { UpdateOptions } from './nn/updates.ts';
export type { OwnActivation } from './ops/activation-table.ts';
export type { Values as ParameterValues } from './saved/differences.ts';
export type { StoredType } from './saved/number-types.ts';
export { type FormatOptions, formatSafetensors, parseSafetensors, type TensorFile } from './saved/safetensors.ts';
export { joinShards, type NamedFiles } from './saved/shards.ts';
export type { Metrics } from './train/asked.ts';
export type { AugmentOptions } from './train/augmentation.ts';
export { augmented } from './train/augmented.ts';
export type { ParameterOptions } from './train/averages.ts';
export type { BestOptions, MetricName } from './train/best-epoch.ts';
export type { LoadOptions, SaveOptions } from './train/checkpoint/checkpoint.ts';
export type { Loaded, Rename } from './train/checkpoint/matching.ts';
export { type CompileOptions, compile } from './train/compile.ts';
export type { EvaluateOptions, Evaluation, Measured, OutputEvaluation } from './train/evaluate.ts';
export type {
  EpochResult,
  FitOptions,
  Progress,
  ValidatedEpochResult,
  ValidatedFitOptions,
} from './train/fit-options.ts';
export { formatLog, type LogFormat, type LogOptions, type LogToOptions, logTo } from './train/log.ts';
export { type BackwardOptions, backward } from './train/loop/backward.ts';
export { type ForwardOptions, forward } from './train/loop/forward.ts';
export type { GradientOptions } from './train/loop/gradients.ts';
export { type Observer, observe } from './train/loop/observe.ts';
export type { GivenGradients } from './train/loop/update.ts';
export type { NonFiniteOptions } from './train/non-finite-options.ts';
export type { OnNonFinite } from './train/on-non-finite.ts';
export type { BatchOptions, CheckOptions, GivenSamples, GivenTargets } from './train/pack-batch.ts';
export type { RecoverOptions, Recovery, SnapshotInterval } from './train/recover-options.ts';
export { type SummaryOptions, summary } from './train/summary.ts';
export type { Trainer } from './train/trainer.ts';
export type { DispatchTuning, TuneMode } from './tune/tuner.ts';

/**
 * Formats a graph, with a line per node, or a schedule, with a block per dispatch, as text.
 *
 * @param value {@link Trainer.graph} or {@link Trainer.schedule}.
 * @throws {ArgumentError} For any other value.
 */
export function print(value: Graph | Schedule): string {
  if (isList(member(value, 'dispatches' satisfies keyof Schedule))) return printSchedule(value as Schedule);
  if (isList(member(value, 'nodes' satisfies keyof Graph))) return printGraph(value as Graph);
  throw new ArgumentError(`print: expected the graph or the schedule of a net, found ${showValue(value)}`);
}
