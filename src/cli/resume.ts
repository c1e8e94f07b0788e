/** What --resume requires of its file and of the other options. */
import type { Command } from 'commander';
import { ArgumentError } from '../index.node.ts';
import { type Checkpoint, checkData, dataOf } from './checkpoint.ts';
import { checkHeeded, type Rule } from './heeded.ts';
import { plural } from './output.ts';
import { isGiven, recall, type Texts } from './remembered-options.ts';
import type { Run } from './run.ts';
import { lastEpoch, type TrainFlags } from './training.ts';
import type { ControlFlags } from './training-options.ts';

/** These are settled when a training begins. */
const settled = ['--seed', '--init', '--schedule', '--warm-up', '--validation'].map(
  (flag): Rule => [flag, false, 'without --resume, because it is fixed when training starts', 'it with --resume'],
);

/**
 * Sets the options that the file tells. Throws ArgumentError for options that come too late for its training, or where --data
 * has to be given.
 */
export function recallTraining(command: Command, saved: Checkpoint): void {
  checkHeeded(command, settled);
  const { options, path } = saved;
  recall(command, isGiven(command, '--learning-rate') ? unscheduled(options) : options, path);
  const { data, validation, patience, keepBest } = command.opts<ControlFlags>();
  if (data === undefined) command.setOptionValueWithSource('data', dataOf(saved), path);
  const chooser = patience !== undefined ? '--patience' : keepBest && '--keep-best';
  if (chooser && validation === undefined) {
    throw new ArgumentError(
      `${chooser}: expected with a file from a run that held out samples from the start, found ${path}`,
    );
  }
}

/** A learning rate that is set ends a schedule. */
const unscheduled = ({ '--schedule': _schedule, '--warm-up': _warmUp, ...others }: Texts): Texts => others;

/** Throws DataError for a file of another net or other data, ArgumentError where nothing is left to be done. */
export async function goOn({ net, data }: Run, flags: TrainFlags, saved: Checkpoint, command: Command): Promise<void> {
  checkData(saved, data.train);
  await net.load(saved.file);
  const last = lastEpoch(flags);
  if (net.epochs >= last) {
    const flag = last < flags.epochs ? '--stop-after' : '--epochs';
    throw new ArgumentError(
      `${flag}: expected more than the ${plural(net.epochs, 'epoch')} of ${saved.path}, found ${last}`,
    );
  }
  if (isGiven(command, '--freeze')) await net.freeze(flags.freeze!);
  if (isGiven(command, '--learning-rate')) net.learningRate = flags.learningRate!;
  else if (net.learningRate === 0) {
    const ended = `because the schedule of ${saved.path} has ended at a rate of 0`;
    throw new ArgumentError(`--learning-rate: expected with --resume, ${ended}, found none`);
  }
}
