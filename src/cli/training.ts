/** A run of `retrograd train` and its reports: as text for people, and as the fields of an event. */
import { printable } from '../base/show-value.ts';
import type { AugmentOptions, EpochResult, Evaluation, TuneMode } from '../index.node.ts';
import { describeAugment } from './augment.ts';
import type { Best, Checkpoint } from './checkpoint.ts';
import { baseRate } from './model-options.ts';
import { decimal, duration, epochOf, integer, type Output, percentage, plural, short } from './output.ts';
import type { Texts } from './remembered-options.ts';
import { describeTraining, facts, introduce, type Run } from './run.ts';
import { type ControlFlags, describeControl } from './training-options.ts';

export interface TrainFlags extends ControlFlags {
  augment?: AugmentOptions;
  targetAccuracy?: number;
  check?: number;
  tune: TuneMode;
  save?: string;
  saveEvery?: number;
  overwrite?: boolean;
  resume?: string;
}

/** With what its files are to say and what they said. */
export interface Training extends Run {
  readonly flags: TrainFlags;
  readonly output: Output;
  /** Options for a file to remember. */
  readonly options: Texts;
  readonly saved?: Checkpoint;
  /** Of the net before it is trained here. */
  readonly steps: number;
  /** By the test; that is told, and chooses nothing. */
  best?: Best;
  /** The epoch whose parameters --keep-best ends with. */
  keptEpoch?: number;
}

/** x and y of a batch are gathered from the data set before the step: by one dispatch, by two where images are changed. */
const gathers = ({ augment }: TrainFlags): number => (augment ? 2 : 1);

export function begin({ flags, output, saved, ...run }: Training): void {
  const dispatchesPerStep = run.device === 'cpu' ? null : run.net.schedule.dispatches.length + gathers(flags);
  const { optimizer, epochs, schedule, warmUp, accumulate, clip, labelSmoothing } = flags;
  const { learningRate: rateNow, steps } = run.net;
  // A file of the library alone says what the rate is, and not what it is made from.
  const learningRate = saved && !saved.options['--optimizer'] ? rateNow : baseRate(flags);
  output.emit({
    event: 'start',
    ...facts(run, flags),
    loss: flags.loss,
    optimizer,
    learningRate,
    schedule,
    warmUp,
    learningRateNow: rateNow,
    accumulate,
    clip,
    labelSmoothing,
    epochs,
    augment: flags.augment,
    dispatchesPerStep,
    resumed: saved ? { file: saved.path, steps, epochs: run.net.epochs } : null,
  });
  introduce(run, flags, output);
  const dispatches = dispatchesPerStep ? `, ${dispatchesPerStep} dispatches per step` : '';
  const changed = flags.augment ? `, ${describeAugment(flags.augment)}` : '';
  output.say(`training    ${describeTraining(flags, learningRate)}${describeControl(flags)}${changed}${dispatches}`);
  if (saved) {
    output.say(`resumed     ${printable(saved.path)} after ${standing(run)}, learning rate ${short(rateNow)}`);
  }
  output.say('');
}

export const standing = ({ net: { steps, epochs } }: Pick<Run, 'net'>): string =>
  `${plural(steps, 'step')} and ${plural(epochs, 'epoch')}`;

export const accuracyOf = ({ accuracy = 0 }: Evaluation): number => accuracy;

/** `validation` is there where samples are held out. */
export function report(
  { epoch, trainLoss, seconds, samplesPerSecond }: EpochResult,
  test: Evaluation,
  validation: Evaluation | undefined,
  epochs: number,
  { say, emit }: Output,
): void {
  const heldOut = validation && { validationLoss: validation.loss, validationAccuracy: accuracyOf(validation) };
  const tested = { testLoss: test.loss, testAccuracy: accuracyOf(test) };
  emit({ event: 'epoch', epoch, trainLoss, ...heldOut, ...tested, seconds, samplesPerSecond });
  const cells = [
    epochOf(epoch, epochs),
    `train loss ${decimal(trainLoss)}`,
    ...(validation ? [evaluated('held out', validation)] : []),
    evaluated('test', test),
    `${duration(seconds)} (${integer(samplesPerSecond)} samples/s)`,
  ];
  say(cells.join('   '));
}

const evaluated = (what: string, { loss, accuracy = 0 }: Evaluation): string =>
  `${what} loss ${decimal(loss)}   ${what} accuracy ${percentage(accuracy).padStart(8)}`;
