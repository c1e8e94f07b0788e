/** The names that flags accept, and the model, loss and optimizer that they define. */
import { type Shape, size } from '../base/tensor.ts';
import type { Field, Statistics } from '../data.node.ts';
import {
  ArgumentError,
  cosineDecay,
  type Decayed,
  dense,
  exponentialDecay,
  flatten,
  he,
  type Initialiser,
  type LayerActivation,
  type LearningRate,
  type LossFunction,
  lecun,
  linear,
  type Model,
  normal,
  type Optimizer,
  oneCycle,
  sequential,
  sigmoid,
  standardize,
  stepDecay,
  uniform,
  warmUp,
  xavier,
  zeros,
} from '../index.node.ts';
import { hidden as hiddenLayers } from '../nn/hidden.ts';
import { activations as knownActivations } from '../nn/layers/all-activations.ts';
import { lenet } from '../nn/lenet.ts';
import { type LossName as Known, losses as known, lossNamed } from '../nn/losses/registry.ts';
import { optimizers as knownOptimizers } from '../nn/optimizers/registry.ts';
import type { Rule } from './heeded.ts';

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The activations of the library by flag; softmax is none of a hidden layer. */
export const activations: Readonly<Record<string, LayerActivation>> = Object.fromEntries(
  Object.entries(knownActivations).flatMap(([name, f]) => (name === 'softmax' ? [] : [[kebab(name), f]])),
);

/** What --loss calls a loss by another name than its own; undefined for one that another, on logits, stands for. */
const lossFlags: Partial<Record<Known, string | undefined>> = {
  softmaxCrossEntropy: 'cross-entropy',
  categoricalCrossEntropy: undefined,
  sigmoidCrossEntropy: 'binary-cross-entropy',
  binaryCrossEntropy: undefined,
  meanSquared: 'mse',
  meanAbsolute: 'mae',
};

/** The losses of the library by flag, each with the activation of the last layer that it goes with if the targets are classes. */
export const losses = Object.fromEntries(
  (Object.keys(known) as Known[]).flatMap((name) => {
    const flag = name in lossFlags ? lossFlags[name] : kebab(name);
    return flag === undefined
      ? []
      : [[flag, { name, output: known[name].facts.question === 'values' ? sigmoid : linear }]];
  }),
);
export type LossName = string;

/** What --loss calls a loss; its own name if no flag stands for it. */
export const lossFlag = (name: string): string =>
  Object.keys(losses).find((flag) => losses[flag].name === name) ?? name;

interface OptimizerChoice {
  /** One at which 784-100-10 with ReLU and cross-entropy trains steadily in batches of 100. */
  readonly learningRate: number;
  readonly takesMomentum?: boolean;
}
type OptimizerName = keyof typeof knownOptimizers;
export const optimizers: Readonly<Record<OptimizerName, OptimizerChoice>> = {
  sgd: { learningRate: 0.3 },
  momentum: { learningRate: 0.05, takesMomentum: true },
  nesterov: { learningRate: 0.05, takesMomentum: true },
  rmsprop: { learningRate: 0.001 },
  adam: { learningRate: 0.001 },
  adamw: { learningRate: 0.001 },
};

/** Of weights and, where it says so, of biases; `scale` is the number behind the colon. */
type Init = (scale?: number) => { init: Initialiser; biasInit?: Initialiser };
export const inits: Record<'xavier' | 'he' | 'lecun' | 'normal' | 'uniform' | 'zeros', Init> = {
  xavier: () => ({ init: xavier() }),
  he: () => ({ init: he() }),
  lecun: () => ({ init: lecun() }),
  normal: (deviation) => ({ init: normal(deviation), biasInit: normal(deviation) }),
  uniform: (limit) => ({ init: uniform(limit) }),
  zeros: () => ({ init: zeros() }),
};

export interface ModelFlags {
  model: keyof typeof models;
  hidden?: number[];
  /** One of {@link activations}. */
  activation: string;
  init?: ReturnType<Init>;
  batchNorm?: boolean;
  dropout?: number;
  /** Default: that for the targets, see {@link usualLoss}. */
  loss?: LossName;
  labelSmoothing?: number;
}

/** What a net is to give: as many classes or values. */
export type Targets = Pick<Field, 'kind' | 'size'>;

/** Makes a model for samples of this shape. With `statistics`, its first layer standardizes. */
type MakeModel = (flags: ModelFlags, sample: Shape, targets: Targets, statistics?: Statistics) => Model;

/** The loss where none is given. */
export const usualLoss = ({ kind }: Pick<Targets, 'kind'>): LossName => (kind === 'labels' ? 'cross-entropy' : 'mse');

/** The last activation: values may be any numbers, while the sigmoid of classes is between 0 and 1. */
const outputOf = ({ loss }: ModelFlags, { kind }: Targets) =>
  kind === 'labels' ? losses[loss ?? usualLoss({ kind })].output : linear;

export const models: Record<'mlp' | 'lenet', MakeModel> = {
  /** The hidden layers, then one with a unit per class. */
  mlp(flags, sample, targets, statistics) {
    const { hidden = [100], activation, init } = flags;
    const layers = [
      ...hidden.flatMap((units) => hiddenLayers((f) => dense(units, f, init), activations[activation], flags)),
      dense(targets.size, outputOf(flags, targets), init),
    ];
    if (!statistics) return sequential([size(sample)], layers);
    return sequential(sample, [standardize(statistics), ...(sample.length > 1 ? [flatten()] : []), ...layers]);
  },
  lenet(flags, sample, targets) {
    const { activation, init, batchNorm, dropout } = flags;
    const image = sample.length === 2 ? [1, ...sample] : sample;
    const output = outputOf(flags, targets);
    return lenet(image, targets.size, { activation: activations[activation], output, init, batchNorm, dropout });
  },
};

/** Throws ArgumentError for hidden layers that the model has no use for. */
export function checkModel({ model, hidden }: ModelFlags): void {
  if (hidden && model !== 'mlp') throw new ArgumentError(`--hidden: expected with --model mlp, found with ${model}`);
}

export const modelOf: MakeModel = (flags, sample, targets, statistics) => {
  checkModel(flags);
  if (statistics && flags.model !== 'mlp')
    throw new ArgumentError(`--standardize: expected inputs only with --model mlp, found it with ${flags.model}`);
  return models[flags.model](flags, sample, targets, statistics);
};

/** Throws ArgumentError for smoothed labels under a loss that has none. */
export function checkLoss({ loss = 'cross-entropy', labelSmoothing }: ModelFlags): void {
  if (labelSmoothing === undefined || loss === 'cross-entropy') return;
  throw new ArgumentError(`--label-smoothing: expected with --loss cross-entropy, found with ${loss}`);
}

/** Throws as `checkLoss`. */
export function lossOf(flags: ModelFlags): Promise<LossFunction> {
  checkLoss(flags);
  const { loss = 'cross-entropy', labelSmoothing } = flags;
  return lossNamed({ name: losses[loss].name, ...(labelSmoothing !== undefined && { labelSmoothing }) });
}

/** What of a model the others leave without effect. */
export const modelRules = ({ model, hidden }: ModelFlags): Rule[] =>
  ['--activation', '--batch-norm', '--dropout'].map(
    (flag) => [flag, model !== 'mlp' || hidden?.length !== 0, 'with hidden layers', 'it with --hidden none'] as const,
  );

export interface OptimizerFlags {
  optimizer: OptimizerName;
  learningRate?: number;
  momentum?: number;
  weightDecay?: number;
  decayed?: Decayed;
  schedule?: keyof typeof schedules;
  warmUp?: number;
}

/** From the highest rate, over so many updates. */
export const schedules = {
  constant: (from: number): LearningRate => from,
  step: (from: number, steps: number) => stepDecay({ from, factor: 0.1, every: Math.ceil(steps / 3) }),
  exponential: (from: number, steps: number) => exponentialDecay({ from, factor: 0.01, every: steps }),
  cosine: (from: number, steps: number) => cosineDecay({ from, steps }),
  'one-cycle': (max: number, steps: number) => oneCycle({ max, steps }),
};

/** Throws ArgumentError for a momentum that the optimizer has no use for. */
export function checkOptimizer({ optimizer, momentum }: OptimizerFlags): void {
  if (momentum === undefined || optimizers[optimizer].takesMomentum) return;
  throw new ArgumentError(`--momentum: expected with --optimizer momentum or nesterov, found with ${optimizer}`);
}

export const optimizerRules = ({ optimizer, weightDecay }: OptimizerFlags): Rule[] => [
  ['--decayed', (weightDecay ?? (optimizer === 'adamw' ? 1 : 0)) > 0, 'with --weight-decay', 'no decay'],
];

/** What the schedule is made from: the learning rate without one. */
export const baseRate = ({ optimizer, learningRate }: OptimizerFlags): number =>
  learningRate ?? optimizers[optimizer].learningRate;

/** For a run of so many updates. Throws as `checkOptimizer`, and for a warm-up that takes all of the run. */
export function optimizerOf(flags: OptimizerFlags, updates = 1): Optimizer {
  checkOptimizer(flags);
  const { momentum, weightDecay, decayed } = flags;
  const learningRate = rateOf(flags, baseRate(flags), updates);
  const given = Object.entries({ learningRate, momentum, weightDecay, decayed });
  const known = given.filter(([, value]) => value !== undefined);
  return knownOptimizers[flags.optimizer](Object.fromEntries(known) as { learningRate: LearningRate });
}

function rateOf({ schedule = 'constant', warmUp: steps }: OptimizerFlags, rate: number, updates: number): LearningRate {
  if (steps === undefined) return schedules[schedule](rate, updates);
  if (steps < updates) return warmUp({ steps, rate: schedules[schedule](rate, updates - steps) });
  throw new ArgumentError(`--warm-up: expected fewer than the ${updates} updates of the run, found ${steps}`);
}
