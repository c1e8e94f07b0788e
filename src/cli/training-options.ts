/** The flags of `retrograd train` that control training, apart from the optimizer, and what they mean for it. */
import type { Command } from 'commander';
import type { Dataset } from '../data/dataset.ts';
import { type FitOptions, type OnNonFinite, updatesIn } from '../index.node.ts';
import { addOptions } from './add-options.ts';
import type { Rule } from './heeded.ts';
import { optimizerOf, schedules } from './model-options.ts';
import type { TrainedFlags } from './options.ts';
import { count, fraction, oneOf, patterns, positive, share } from './parse.ts';
import type { RunOptions } from './run.ts';

export interface ControlFlags extends TrainedFlags {
  epochs: number;
  clip?: number;
  accumulate: number;
  average?: number;
  freeze?: string[];
  patience?: number;
  metric?: 'accuracy' | 'loss';
  keepBest?: boolean;
  onNonFinite?: OnNonFinite;
}

const answers: Record<OnNonFinite, unknown> = { stop: true, skip: true, rewind: true };
const metrics: Record<NonNullable<ControlFlags['metric']>, unknown> = { accuracy: true, loss: true };

export const addControlOptions = (command: Command): Command =>
  addOptions(command, 'Training:', [
    ['--schedule <name>', scheduleHelp, oneOf(schedules), 'constant'],
    ['--warm-up <n>', "updates over which the learning rate rises to the schedule's first value", count],
    ['--clip <x>', 'maximum norm of all gradients together', positive],
    ['--accumulate <n>', 'batches per update', count, '1'],
    [
      '--freeze <patterns>',
      "parameters that stay as they are, by patterns such as 'layers.0.*,layers.3.*', or none; with --resume, from then on",
      patterns,
    ],
    ['--average <beta>', 'keep a moving average of the weights, such as 0.999, to test and save', fraction],
    [
      '--on-non-finite <answer>',
      'what to do about a step that makes NaN or infinity: stop, skip it, or rewind and go on with half the learning rate (default: stop)',
      oneOf(answers),
    ],
    ['--validation <share>', validationHelp, share],
    ['--patience <n>', 'stop after n epochs in a row without improvement on the held-out samples', count],
    ['--keep-best', 'end with the parameters of the best epoch on the held-out samples'],
    [
      '--metric <name>',
      'how to choose the best epoch: accuracy or loss (default: accuracy, or loss for values)',
      oneOf(metrics),
    ],
  ]);

const scheduleHelp =
  `learning rate over the run: ${Object.keys(schedules).join(', ')}. step divides it by 10 after each third, ` +
  'exponential divides it by 100 by the end, cosine lowers it to 0, one-cycle raises it from 1/25 and lowers it to almost 0';

/** The share that is held out where an epoch is to be chosen. */
export const usualShare = 0.1;

const validationHelp =
  'share of the training data to hold out, chosen by the seed, to judge the epochs by; the test set is then evaluated once, at ' +
  `the end (default: ${usualShare} with --patience or --keep-best, else none)`;

/** Whether an epoch is chosen among others. */
export const chooses = ({ patience, keepBest }: ControlFlags): boolean => patience !== undefined || keepBest === true;

export const controlRules = (flags: ControlFlags): Rule[] => [
  ['--metric', chooses(flags), 'with --patience or --keep-best', 'neither'],
];

/** Throws ArgumentError where they do not go together. */
export function updateOf(flags: ControlFlags, train: Dataset): RunOptions {
  const { batch, epochs, accumulate, average, clip, freeze } = flags;
  const optimizer = optimizerOf(flags, updatesIn(train, { batch, epochs, accumulate }));
  return { optimizer, accumulate, average, clipNorm: clip, freeze };
}

/** What of a fit they decide. */
export const fitOf = (
  { epochs, patience, metric, keepBest, onNonFinite }: ControlFlags,
  hasAccuracy: boolean,
): FitOptions => ({
  epochs,
  onNonFinite,
  metric: metric ?? (hasAccuracy ? 'accuracy' : 'loss'),
  keepBest,
  earlyStopping: patience === undefined ? undefined : { patience },
});

/** ', cosine schedule, 4 batches to an update': what there is beside the optimizer. */
export function describeControl(flags: ControlFlags): string {
  const { schedule, warmUp, accumulate, average, clip, labelSmoothing, freeze, onNonFinite } = flags;
  const parts = [
    warmUp !== undefined && `warm-up over ${warmUp} updates`,
    schedule !== 'constant' && `${schedule} schedule`,
    accumulate > 1 && `${accumulate} batches per update`,
    average !== undefined && `average of the weights with ${average}`,
    clip !== undefined && `gradients clipped to norm ${clip}`,
    labelSmoothing !== undefined && `label smoothing ${labelSmoothing}`,
    freeze && freeze.length > 0 && `${freeze.join(', ')} frozen`,
    onNonFinite === 'skip' && 'non-finite steps skipped',
    onNonFinite === 'rewind' && 'learning rate halved after non-finite steps',
  ];
  return parts.map((part) => (part ? `, ${part}` : '')).join('');
}
