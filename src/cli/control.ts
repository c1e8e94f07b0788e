/** The flags of `retrograd train` that steer training beside its optimizer, and what they come to. */
import type { Command } from 'commander';
import type { Dataset } from '../data/dataset.ts';
import { type FitOptions, updatesIn } from '../index.node.ts';
import { optimizerOf, schedules } from './network.ts';
import { addOptions, type TrainedFlags } from './options.ts';
import type { RunOptions } from './run.ts';
import { count, oneOf, positive } from './values.ts';

export interface ControlFlags extends TrainedFlags {
  epochs: number;
  clip?: number;
  accumulate: number;
  patience?: number;
  metric: NonNullable<FitOptions['metric']>;
  keepBest?: boolean;
}

const metrics: Record<ControlFlags['metric'], unknown> = { accuracy: true, loss: true };

export const addControlOptions = (command: Command): Command =>
  addOptions(command, 'Training:', [
    ['--schedule <name>', scheduleHelp, oneOf(schedules), 'constant'],
    ['--warm-up <n>', 'updates in which the learning rate rises to where the schedule begins', count],
    ['--clip <x>', 'the most that the norm of all gradients together may be', positive],
    ['--accumulate <n>', 'batches whose gradients make one update', count, '1'],
    ['--patience <n>', 'stop after so many epochs in a row that were no better in the test', count],
    ['--metric <name>', 'what of the test tells which epoch is best: accuracy or loss', oneOf(metrics), 'accuracy'],
    ['--keep-best', 'end with the parameters of the best epoch'],
  ]);

const scheduleHelp =
  `of the learning rate over the run: ${Object.keys(schedules).join(', ')}. step divides it by 10 after each third, ` +
  'exponential by 100 in all, cosine brings it to 0, one-cycle up to it and down again';

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
