/** The flags that several commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Decayed } from '../index.node.ts';
import {
  activations,
  inits,
  losses,
  type ModelFlags,
  models,
  type OptimizerFlags,
  optimizers,
} from './model-options.ts';
import { count, fraction, learningRate, nonNegative, oneOf, seed, sizes, text } from './parse.ts';
import { remember } from './remembered-options.ts';

export interface OutputFlags {
  json?: boolean;
}
export interface RunFlags extends ModelFlags, OutputFlags {
  data?: string;
  /** Share of the training data that is held out. */
  validation?: number;
  batch: number;
  seed: number;
  device: keyof typeof devices;
}
export interface TrainedFlags extends RunFlags, OptimizerFlags {}

const devices = { auto: 'the GPU, else the CPU', gpu: 'the GPU or nothing', cpu: 'the CPU reference, which is slow' };

const decayed: Record<Decayed, string> = { all: 'all parameters decay', weights: 'no biases do' };

/** A flag, what it is for, the parser of its value if it has one and, where there is one, its default as text. */
type Row = readonly [flag: string, description: string, parse?: (text: string) => unknown, byDefault?: string];

export function addOptions(command: Command, group: string, rows: readonly Row[]): Command {
  for (const [flag, description, parse, byDefault] of rows) {
    const option = new Option(flag, description).helpGroup(group);
    if (parse) option.argParser(parse);
    if (parse && byDefault !== undefined) option.default(parse(byDefault), byDefault);
    command.addOption(option);
    remember(command, option, byDefault);
  }
  return command;
}

/** Data, model and where to run it. */
export function addRunOptions(command: Command): Command {
  addOptions(command, 'Data and device:', [
    [
      '--data <name|dir>',
      `mnist, fashion-mnist, digits (drawn on the spot), or a folder or URL with the four IDX files (default: mnist, or digits where that is not to be had)`,
      text,
    ],
    ['--device <name>', spelled(devices), oneOf(devices), 'auto'],
    ['--seed <n>', 'of initial weights and shuffles', seed, '0'],
    ['--batch <n>', 'samples per step', count, '100'],
  ]);
  return addModelOptions(command);
}

export const addModelOptions = (command: Command): Command =>
  addOptions(command, 'Model:', [
    [
      '--model <name>',
      'mlp, or lenet: conv 5x5x6 with padding 2, max pool, conv 5x5x16, max pool, 120, 84 and the classes',
      oneOf(models),
      'mlp',
    ],
    ['--hidden <sizes>', 'units of the hidden layers of mlp, as 100 or 100,50 or none (default: 100)', sizes],
    ['--activation <name>', `of the hidden layers: ${list(activations)}`, oneOf(activations), 'relu'],
    ['--init <name>', initHelp, init],
    ['--loss <name>', lossHelp, oneOf(losses), 'cross-entropy'],
    ['--label-smoothing <x>', 'share of each target that is spread over all classes, with cross-entropy', fraction],
  ]);

export const addOptimizerOptions = (command: Command): Command =>
  addOptions(command, 'Optimizer:', [
    ['--optimizer <name>', list(optimizers), oneOf(optimizers), 'adam'],
    ['--learning-rate <x>', `(default: ${rates})`, learningRate],
    ['--momentum <x>', 'of momentum and nesterov (default: 0.9)', fraction],
    ['--weight-decay <x>', 'L2, for adamw decoupled (default: 0, adamw 0.01)', nonNegative],
    ['--decayed <what>', spelled(decayed), oneOf(decayed), 'all'],
  ]);

export const addOutputOptions = (command: Command): Command =>
  addOptions(command, 'Output:', [
    ['--json', 'one JSON object per line on stdout; text for people then goes to stderr'],
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
  `of the weights: ${list(inits)}. normal is N(0, 1) for weights AND biases, as in Nielsen's book; biases are zero with ` +
  'the others. normal:0.1 and uniform:0.05 set the deviation and the limit (default: he for relu and its kin, else xavier)';
const lossHelp =
  `${list(losses)}. cross-entropy is that of a softmax, binary-cross-entropy that of sigmoids; quadratic (halved), ` +
  'squared and mse (averaged over the outputs) put a sigmoid on the last layer';

/** 'normal:0.1' -> what `dense` takes. */
function init(found: string): ModelFlags['init'] {
  const [name, scale] = found.split(/:(.*)/s);
  const make = inits[oneOf(inits)(name)];
  if (scale === undefined) return make();
  const takesNumber = make.length > 0;
  if (!takesNumber) throw new InvalidArgumentError(`Expected ${name} without a number.`);
  return make(nonNegative(scale));
}
