/** A run of `retrograd train` and its reports: as text for people, and as the fields of an event. */
import { printable } from '../base/show-value.ts';
import type { AugmentOptions, EpochResult, Evaluation, TuneMode } from '../index.node.ts';
import { describeAugment } from './augment.ts';
import type { Best, Checkpoint } from './checkpoint.ts';
import { baseRate } from './model-options.ts';
import { decimal, duration, epochOf, integer, type Output, percentage, plural, short } from './output.ts';
import type { Texts } from './remembered-options.ts';
import { describeTraining, facts, introduce, type Run } from './run.ts';
import { describeStarted, type Started } from './start-from.ts';
import { type ControlFlags, describeControl } from './training-options.ts';

export interface TrainFlags extends ControlFlags {
  augment?: AugmentOptions;
  stopAfter?: number;
  targetAccuracy?: number;
  check?: number;
  tune: TuneMode;
  save?: string;
  log?: string;
  saveEvery?: number;
  overwrite?: boolean;
  resume?: string;
  startFrom?: string;
}

/** The epoch that a run ends with, unless something ends it before. */
export const lastEpoch = ({ epochs, stopAfter = epochs }: TrainFlags): number => Math.min(epochs, stopAfter);

/** With what its files are to say and what they said. */
export interface Training extends Run {
  readonly flags: TrainFlags;
  readonly output: Output;
  /** Options for a file to remember. */
  readonly options: Texts;
  readonly saved?: Checkpoint;
  readonly started?: Started;
  /** Of the net before it is trained here. */
  readonly steps: number;
  /** The best epoch, which is told and chooses nothing. */
  best?: Best;
  /** The evaluation of the last epoch. */
  last?: Evaluation;
  /** The epoch whose parameters --keep-best ends with. */
  keptEpoch?: number;
}

/** x and y of a batch are gathered from the data set before the step: by one dispatch, by two where images are changed. */
const gathers = ({ augment }: TrainFlags): number => (augment ? 2 : 1);

export function begin({ flags, output, saved, started, ...run }: Training): void {
  const dispatchesPerStep = run.device === 'cpu' ? null : run.net.schedule.dispatches.length + gathers(flags);
  const { optimizer, epochs, schedule, warmUp, accumulate, average, clip, labelSmoothing } = flags;
  const { learningRate: rateNow, steps } = run.net;
  // A file of the library alone says what the rate is, and not what it is made from.
  const learningRate = saved && !saved.options['--optimizer'] ? rateNow : baseRate(flags);
  output.emit({
    event: 'start',
    ...facts(run, flags),
    loss: run.loss,
    optimizer,
    learningRate,
    schedule,
    warmUp,
    learningRateNow: rateNow,
    accumulate,
    average,
    clip,
    labelSmoothing,
    epochs,
    augment: flags.augment,
    dispatchesPerStep,
    startedFrom: started ?? null,
    resumed: saved ? { file: saved.path, steps, epochs: run.net.epochs } : null,
  });
  introduce(run, flags, output);
  const dispatches = dispatchesPerStep ? `, ${dispatchesPerStep} dispatches per step` : '';
  const changed = flags.augment ? `, ${describeAugment(flags.augment)}` : '';
  output.say(`training    ${describeTraining(flags, learningRate)}${describeControl(flags)}${changed}${dispatches}`);
  if (started) output.say(`parameters  ${describeStarted(started)}`);
  if (saved) {
    output.say(`resumed     ${printable(saved.path)} after ${standing(run)}, learning rate ${short(rateNow)}`);
  }
  output.say('');
}

export const standing = ({ net: { steps, epochs } }: Pick<Run, 'net'>): string =>
  `${plural(steps, 'step')} and ${plural(epochs, 'epoch')}`;

/** What an epoch is judged by, and what it is called in events and in text. */
export const judgeOf = ({ data }: Pick<Run, 'data'>) =>
  data.validation
    ? ({ dataset: data.validation, field: 'validation', name: 'held-out' } as const)
    : ({ dataset: data.test, field: 'test', name: 'test' } as const);

/** The better one of the best epoch so far and this one. */
export function better(best: Best | undefined, epoch: number, { loss, accuracy }: Evaluation): Best {
  const now: Best = accuracy === undefined ? { epoch, loss } : { epoch, accuracy };
  if (!best) return now;
  const isBetter = (now.accuracy ?? 0) > (best.accuracy ?? 0) || (now.loss ?? 0) < (best.loss ?? 0);
  return isBetter ? now : best;
}

/** 'best test accuracy 97.20 % after epoch 3' */
export const describeBest = ({ epoch, accuracy, loss }: Best, name: string): string =>
  accuracy === undefined
    ? `lowest ${name} loss ${decimal(loss)} after epoch ${epoch}`
    : `best ${name} accuracy ${percentage(accuracy)} after epoch ${epoch}`;

export function report(
  { epoch, trainLoss, skipped, seconds, samplesPerSecond }: EpochResult,
  evaluation: Evaluation,
  { epochs }: TrainFlags,
  { field, name }: ReturnType<typeof judgeOf>,
  { say, emit }: Output,
): void {
  emit({
    event: 'epoch',
    epoch,
    trainLoss,
    skipped,
    ...evaluationFields(field, evaluation),
    seconds,
    samplesPerSecond,
  });
  const cells = [
    epochOf(epoch, epochs),
    `train loss ${decimal(trainLoss)}`,
    describeEvaluation(name, evaluation, '100.00 %'.length),
    `${duration(seconds)} (${integer(samplesPerSecond)} samples/s)`,
    ...(skipped ? [`${plural(skipped, 'step')} skipped`] : []),
  ];
  say(cells.join('   '));
}

/** `testLoss` and, where there are classes, `testAccuracy`. */
export const evaluationFields = (field: string, { loss, accuracy }: Evaluation): Record<string, number> => ({
  [`${field}Loss`]: loss,
  ...(accuracy !== undefined && { [`${field}Accuracy`]: accuracy }),
});

/** 'test loss 0.0312   test accuracy 97.20 %', the share in so many characters. */
export const describeEvaluation = (name: string, { loss, accuracy }: Evaluation, width = 0): string =>
  [
    `${name} loss ${decimal(loss)}`,
    ...(accuracy === undefined ? [] : [`${name} accuracy ${percentage(accuracy).padStart(width)}`]),
  ].join('   ');
