/** The flags that several commands share. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Decayed } from '../index.node.ts';
import { addOptions } from './add-options.ts';
import { type DataFlags, dataRows } from './data-options.ts';
import {
  activations,
  inits,
  losses,
  type ModelFlags,
  models,
  type OptimizerFlags,
  optimizers,
} from './model-options.ts';
import { count, fraction, learningRate, nonNegative, oneOf, seed, share, sizes } from './parse.ts';

export interface OutputFlags {
  json?: boolean;
}
export interface RunFlags extends ModelFlags, DataFlags, OutputFlags {
  /** Share of the training data that is held out. */
  validation?: number;
  batch: number;
  device: DeviceName;
}
export interface TrainedFlags extends RunFlags, OptimizerFlags {}

export type DeviceName = keyof typeof devices;

const devices = {
  auto: 'the GPU, or the CPU if there is none',
  gpu: 'the GPU, or fail if there is none',
  cpu: 'the CPU reference, which is slow',
};

const decayed: Record<Decayed, string> = { all: 'all parameters', weights: 'weights only' };

/** Data, model and where to run it. */
export function addRunOptions(command: Command): Command {
  addOptions(command, 'Data:', dataRows);
  addDeviceOption(command);
  addOptions(command, 'Run:', [
    ['--seed <n>', 'seed of the initial weights, shuffling, dropout and augmentation', seed, '0'],
    ['--batch <n>', 'samples per step', count, '100'],
  ]);
  return addModelOptions(command);
}

export const addDeviceOption = (command: Command): Command =>
  addOptions(command, 'Run:', [['--device <name>', spelled(devices), oneOf(devices), 'auto']]);

export const addModelOptions = (command: Command): Command =>
  addOptions(command, 'Model:', [
    [
      '--model <name>',
      'mlp, or lenet: conv 5x5x6 with padding 2, max pool, conv 5x5x16, max pool, dense 120, dense 84, output',
      oneOf(models),
      'mlp',
    ],
    ['--hidden <sizes>', 'units of each hidden layer of mlp, such as 100 or 100,50, or none (default: 100)', sizes],
    ['--activation <name>', `activation of the hidden layers: ${list(activations)}`, oneOf(activations), 'relu'],
    ['--batch-norm', 'normalize each hidden layer over the batch, before its activation'],
    [
      '--dropout <rate>',
      'share of the outputs of hidden layers that a step drops; with lenet of the dense ones',
      share,
    ],
    ['--init <name>', initHelp, init],
    ['--loss <name>', lossHelp, oneOf(losses)],
    [
      '--label-smoothing <x>',
      'share of each target that is spread over all classes; only with cross-entropy',
      fraction,
    ],
  ]);

export const addOptimizerOptions = (command: Command): Command =>
  addOptions(command, 'Optimizer:', [
    ['--optimizer <name>', list(optimizers), oneOf(optimizers), 'adam'],
    ['--learning-rate <x>', `step size (default: ${rates})`, learningRate],
    ['--momentum <x>', 'momentum of the optimizers momentum and nesterov (default: 0.9)', fraction],
    ['--weight-decay <x>', 'L2 penalty; decoupled for adamw (default: 0, adamw 0.01)', nonNegative],
    ['--decayed <what>', `parameters that decay; ${spelled(decayed)}`, oneOf(decayed), 'all'],
  ]);

export const addOutputOptions = (command: Command): Command =>
  addOptions(command, 'Output:', [
    ['--json', 'print one JSON object per line on stdout; text for people goes to stderr'],
  ]);

const list = (table: object): string => Object.keys(table).join(', ');
const spelled = (table: object): string =>
  Object.entries(table)
    .map((entry) => entry.join(': '))
    .join('; ');
const rates = Object.entries(optimizers)
  .map(([name, { learningRate }]) => `${name} ${learningRate}`)
  .join(', ');

const initHelp =
  `how to initialise the weights: ${list(inits)}. normal draws weights and biases from N(0, 1), as in Nielsen's book; all others ` +
  'set biases to zero. normal:0.1 sets the standard deviation, uniform:0.05 the limit (default: he for relu and similar, else xavier)';
const lossHelp =
  `${list(losses)}. cross-entropy and kl-divergence apply softmax, binary-cross-entropy and focal apply sigmoid; quadratic ` +
  '(½ of squared), squared, huber, mse and mae (means over the outputs) put a sigmoid on the last layer, unless the targets are values ' +
  '(default: cross-entropy, or mse for values)';

/** 'normal:0.1' -> what `dense` takes. */
function init(found: string): ModelFlags['init'] {
  const [name, scale] = found.split(/:(.*)/s);
  const make = inits[oneOf(inits)(name)];
  if (scale === undefined) return make();
  const takesNumber = make.length > 0;
  if (!takesNumber) throw new InvalidArgumentError(`Expected ${name} without a number.`);
  return make(nonNegative(scale));
}
