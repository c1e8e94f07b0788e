/** The flags of `retrograd train` that steer training beside its optimizer, and what they come to. */
import type { Command } from 'commander';
import type { Dataset } from '../data/dataset.ts';
import { type FitOptions, updatesIn } from '../index.node.ts';
import type { Rule } from './heeded.ts';
import { optimizerOf, schedules } from './model-options.ts';
import { addOptions, type TrainedFlags } from './options.ts';
import { count, oneOf, positive, share } from './parse.ts';
import type { RunOptions } from './run.ts';

export interface ControlFlags extends TrainedFlags {
  epochs: number;
  clip?: number;
  accumulate: number;
  patience?: number;
  metric: 'accuracy' | 'loss';
  keepBest?: boolean;
}

const metrics: Record<ControlFlags['metric'], unknown> = { accuracy: true, loss: true };

export const addControlOptions = (command: Command): Command =>
  addOptions(command, 'Training:', [
    ['--schedule <name>', scheduleHelp, oneOf(schedules), 'constant'],
    ['--warm-up <n>', 'updates in which the learning rate rises to where the schedule begins', count],
    ['--clip <x>', 'the most that the norm of all gradients together may be', positive],
    ['--accumulate <n>', 'batches whose gradients make one update', count, '1'],
    ['--validation <share>', validationHelp, share],
    ['--patience <n>', 'stop after so many epochs in a row that were no better on the samples held out', count],
    ['--keep-best', 'end with the parameters of the epoch that was best on the samples held out'],
    ['--metric <name>', 'what tells which epoch is best: accuracy or loss', oneOf(metrics), 'accuracy'],
  ]);

const scheduleHelp =
  `of the learning rate over the run: ${Object.keys(schedules).join(', ')}. step divides it by 10 after each third, ` +
  'exponential by 100 in all, cosine brings it to 0, one-cycle raises it from its 25th part and ' +
  'brings it down to next to nothing';

/** The share that is held out where an epoch is to be chosen. */
export const usualShare = 0.1;

const validationHelp =
  'share of the training data that is held out, drawn by the seed: --patience and --keep-best choose by it, never by the ' +
  `test (default: ${usualShare} with one of these, else none)`;

/** Whether an epoch is chosen among others. */
export const chooses = ({ patience, keepBest }: ControlFlags): boolean => patience !== undefined || keepBest === true;

export const controlRules = (flags: ControlFlags): Rule[] => [
  ['--metric', chooses(flags), 'with --patience or --keep-best, which it is for', 'neither'],
];

/** Throws ArgumentError where they do not go together. */
export function updateOf(flags: ControlFlags, train: Dataset): RunOptions {
  const { batch, epochs, accumulate, clip } = flags;
  return { optimizer: optimizerOf(flags, updatesIn(train, { batch, epochs, accumulate })), accumulate, clipNorm: clip };
}

/** What of a fit they decide. */
export const fitOf = ({ epochs, patience, metric, keepBest }: ControlFlags): FitOptions => ({
  epochs,
  metric,
  keepBest,
  earlyStopping: patience === undefined ? undefined : { patience },
});

/** ', cosine schedule, 4 batches to an update': what there is beside the optimizer. */
export function describeControl({ schedule, warmUp, accumulate, clip, labelSmoothing }: ControlFlags): string {
  const parts = [
    warmUp !== undefined && `${warmUp} updates of warm-up`,
    schedule !== 'constant' && `${schedule} schedule`,
    accumulate > 1 && `${accumulate} batches to an update`,
    clip !== undefined && `gradients clipped at ${clip}`,
    labelSmoothing !== undefined && `labels smoothed by ${labelSmoothing}`,
  ];
  return parts.map((part) => (part ? `, ${part}` : '')).join('');
}
