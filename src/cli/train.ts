/** `retrograd train` */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { DatasetPair } from '../data.node.ts';
import {
  ArgumentError,
  type AugmentOptions,
  type EpochResult,
  type Progress,
  RetrogradError,
  type TuneMode,
} from '../index.node.ts';
import { augment, describeAugment } from './augment.ts';
import { type Best, type Checkpoint, checkData, metadataOf, openCheckpoint, sha256 } from './checkpoint.ts';
import { addControlOptions, type ControlFlags, describeControl, fitOf, updateOf } from './control.ts';
import { checkWritable } from './files.ts';
import { InterruptedError, type Interruption } from './interrupt.ts';
import { checkOptimizer } from './network.ts';
import { addOptimizerOptions, addOptions, addOutputOptions, addRunOptions } from './options.ts';
import { duration, epochOf, integer, type Output, outputOf, percentage, plural } from './output.ts';
import { trainingBar } from './progress.ts';
import { recall, remembered, type Texts } from './remembered.ts';
import { describeTraining, facts, introduce, type Run, type RunOptions, withRun } from './run.ts';
import { count, oneOf, percent, text } from './values.ts';

interface TrainFlags extends ControlFlags {
  augment?: AugmentOptions;
  targetAccuracy?: number;
  check?: number;
  tune: TuneMode;
  save?: string;
  saveEvery?: number;
  resume?: string;
}

/** A run with what its files are to say and what they said. */
interface Training extends Run {
  readonly flags: TrainFlags;
  readonly output: Output;
  /** Options for a file to remember. */
  readonly options: Texts;
  readonly saved?: Checkpoint;
  best?: Best;
  /** The epoch whose parameters --keep-best ends with. */
  keptEpoch?: number;
}

/** --target-accuracy was not reached. */
export class TargetError extends RetrogradError {
  override readonly name = 'TargetError';
}

export function trainCommand(interrupted: Interruption): Command {
  const command = new Command('train').description(
    'Trains a network on labelled images and tests it after every epoch.',
  );
  addOptimizerOptions(addRunOptions(command));
  addOptions(command, 'Training:', [
    ['--epochs <n>', 'times through the training data, those before --resume included', count, '5'],
    [
      '--augment <settings>',
      'change the images at random, anew in every step: shift=2 (pixels), rotate=15 (degrees), scale=0.15, shear=10 ' +
        '(degrees), elastic=34:4 (alpha:sigma, in pixels); any of them, joined by commas',
      augment,
    ],
    ['--target-accuracy <%>', 'stop once the test accuracy reaches this; exit code 1 if it never does', percent],
    ['--check <n>', 'compare every n-th step with the CPU reference, every tensor of it', count],
    [
      '--tune <when>',
      'try the forms of matrix products and convolutions: background (beside training), now (before it) or off; no result depends on it',
      oneOf(tuneModes),
      'background',
    ],
  ]);
  addOptions(command, 'Files:', [
    ['--save <file>', 'write all that training depends on, as safetensors, at the end and on Ctrl-C', text],
    ['--save-every <n>', 'and after every n-th epoch', count],
    [
      '--resume <file>',
      'go on from a file of --save, with its options where none are given, as if never stopped',
      text,
    ],
  ]);
  return addOutputOptions(addControlOptions(command))
    .addHelpText('after', help)
    .action((_flags: TrainFlags, command: Command) => train(command, interrupted));
}

const tuneModes: Record<TuneMode, unknown> = { background: true, now: true, off: true };

const help = `
Examples:
  retrograd train
  retrograd train --data fashion-mnist --hidden 100,50 --epochs 10
  retrograd train --hidden 800 --augment rotate=15,scale=0.15,shear=10,elastic=34:4 --epochs 20
  retrograd train --hidden 30 --activation sigmoid --init normal --loss quadratic --optimizer sgd --learning-rate 3 --batch 10
  retrograd train --epochs 20 --save run.safetensors --save-every 1
  retrograd train --resume run.safetensors --save run.safetensors

With --json there are the events "start", "epoch", "save" and "end", or "error". Accuracies are fractions from 0 to 1.
"parametersSha256" is over all parameters as 32-bit floats, layer by layer, weights before biases.`;

async function train(command: Command, interrupted: Interruption): Promise<void> {
  const { resume } = command.opts<TrainFlags>();
  const saved = resume === undefined ? undefined : await openCheckpoint(resume);
  if (saved) recall(command, isGiven(command, 'learningRate') ? unscheduled(saved.options) : saved.options, saved.path);
  const flags = command.opts<TrainFlags>();
  if (flags.save !== undefined) checkWritable(flags.save);
  if (flags.saveEvery !== undefined && flags.save === undefined) {
    throw new ArgumentError('--save-every: expected with --save, found without');
  }
  const output = outputOf(flags);
  const check = flags.check === undefined ? undefined : { every: flags.check };
  checkOptimizer(flags);
  const options = ({ train }: DatasetPair): RunOptions => ({
    ...updateOf(flags, train),
    check,
    // Without a check nobody looks at the tensors of a step, and not keeping them is faster.
    keep: check ? undefined : [],
    tune: flags.tune,
  });
  await withRun(flags, options, output, async (run) => {
    const training: Training = { ...run, flags, output, saved, options: remembered(command), best: saved?.best };
    if (saved) await goOn(training, saved, command);
    start(training);
    const started = performance.now();
    await fit(training, interrupted);
    await finish(training, (performance.now() - started) / 1000);
  });
}

const isGiven = (command: Command, name: keyof TrainFlags): boolean => command.getOptionValueSource(name) === 'cli';

/** A learning rate that is set ends a schedule. */
const unscheduled = ({ '--schedule': _schedule, '--warm-up': _warmUp, ...others }: Texts): Texts => others;

/** Throws DataError for a file of another net or other data, ArgumentError where nothing is left to be done. */
async function goOn({ net, data, flags }: Training, saved: Checkpoint, command: Command): Promise<void> {
  const taken = Object.entries({ seed: '--seed', schedule: '--schedule', warmUp: '--warm-up' } as const).find(
    ([name]) => isGiven(command, name as keyof TrainFlags),
  );
  if (taken) throw new ArgumentError(`${taken[1]}: expected without --resume, whose file has one, found with it`);
  checkData(saved, data.train);
  await net.load(saved.file);
  if (net.epochs >= flags.epochs) {
    throw new ArgumentError(`--epochs: expected more than the ${net.epochs} of ${saved.path}, found ${flags.epochs}`);
  }
  if (isGiven(command, 'learningRate')) net.learningRate = flags.learningRate!;
  else if (net.learningRate === 0) {
    const ended = `as the schedule of ${saved.path} has come to its end, a rate of 0`;
    throw new ArgumentError(`--learning-rate: expected with --resume, ${ended}, found none`);
  }
}

/** x and y of a batch are gathered from the data set before the step: by one dispatch, by two where images are changed. */
const gathers = ({ augment }: TrainFlags): number => (augment ? 2 : 1);

function start({ flags, output, saved, ...run }: Training): void {
  const dispatchesPerStep = run.device === 'cpu' ? null : run.net.schedule.steps.length + gathers(flags);
  const { optimizer, epochs, schedule, accumulate, clip, labelSmoothing } = flags;
  const { learningRate, steps } = run.net;
  output.emit({
    event: 'start',
    ...facts(run, flags),
    loss: flags.loss,
    optimizer,
    learningRate,
    schedule,
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
  output.say(`training    ${describeTraining(run, flags)}${describeControl(flags)}${changed}${dispatches}`);
  if (saved) output.say(`resumed     ${saved.path}, after ${standing(run)}`);
  output.say('');
}

const standing = ({ net: { steps, epochs } }: Pick<Run, 'net'>): string =>
  `${plural(steps, 'step')} and ${plural(epochs, 'epoch')}`;

/** Trains all the epochs, or as many as it takes to reach the target, or patience lasts. */
async function fit(training: Training, interrupted: Interruption): Promise<void> {
  const { net, data, flags, output } = training;
  const before = net.epochs;
  const bar = trainingBar();
  const { epochs } = flags;
  const onProgress = (progress: Progress) => bar.show({ ...progress, epoch: before + progress.epoch, epochs });
  const onEpoch = async (result: EpochResult) => {
    const epoch = before + result.epoch;
    bar.clear();
    report({ ...result, epoch }, epochs, output);
    if (!(training.best && training.best.accuracy >= accuracyOf(result))) {
      training.best = { epoch, accuracy: accuracyOf(result) };
    }
    training.keptEpoch = flags.keepBest ? before + result.best! : undefined;
    const isEnd = meetsTarget(accuracyOf(result), flags);
    if (!isEnd && flags.saveEvery && epoch % flags.saveEvery === 0 && epoch < epochs) await save(training);
    return isEnd && 'stop';
  };
  interrupted.patient = flags.save !== undefined;
  try {
    await net.fit(data.train, {
      ...fitOf(flags),
      epochs: epochs - before,
      validation: data.test,
      augment: flags.augment,
      onProgress,
      onEpoch,
      signal: interrupted.signal,
    });
  } catch (error) {
    bar.clear();
    if (error instanceof InterruptedError) await save(training);
    throw error;
  } finally {
    bar.clear();
  }
}

/** To the file that --save names, if it does. */
async function save({ net, data, flags: { save: file }, options, best, output }: Training): Promise<void> {
  if (file === undefined) return;
  await net.save(resolve(file), { metadata: metadataOf(options, data.train, best) });
  output.say(`saved to ${file}, after ${standing({ net })}`);
  output.emit({ event: 'save', file, steps: net.steps, epochs: net.epochs });
}

const accuracyOf = ({ validation }: EpochResult): number => validation?.accuracy ?? 0;
// 100 · 0.29 is a little less than 29.
const meetsTarget = (accuracy: number, { targetAccuracy }: TrainFlags): boolean =>
  targetAccuracy !== undefined && 100 * accuracy >= targetAccuracy - 1e-9;

function report(result: EpochResult, epochs: number, { say, emit }: Output): void {
  const { epoch, trainLoss, validation, seconds, samplesPerSecond } = result;
  const [testLoss, testAccuracy] = [validation!.loss, accuracyOf(result)];
  emit({ event: 'epoch', epoch, trainLoss, testLoss, testAccuracy, seconds, samplesPerSecond });
  const cells = [
    epochOf(epoch, epochs),
    `train loss ${trainLoss.toFixed(4)}`,
    `test loss ${testLoss.toFixed(4)}`,
    `test accuracy ${percentage(testAccuracy).padStart(8)}`,
    `${duration(seconds)} (${integer(samplesPerSecond)} samples/s)`,
  ];
  say(cells.join('   '));
}

/** Throws TargetError where the target was missed, after everything has been saved and said. */
async function finish(training: Training, seconds: number): Promise<void> {
  const { net, flags, output } = training;
  const { keptEpoch } = training;
  const { epoch, accuracy } = training.best!;
  const { targetAccuracy, save: file } = flags;
  const targetReached = targetAccuracy === undefined ? undefined : meetsTarget(accuracy, flags);
  const summary = `best test accuracy ${percentage(accuracy)} after epoch ${epoch}`;
  output.say(`\n${summary}, ${duration(seconds)} in all${targetReached ? ', target reached' : ''}`);
  if (keptEpoch !== undefined) output.say(`parameters of epoch ${keptEpoch} kept`);
  await save(training);
  output.emit({
    event: 'end',
    bestTestAccuracy: accuracy,
    bestEpoch: epoch,
    epochs: net.epochs,
    seconds,
    keptEpoch,
    targetReached,
    parametersSha256: sha256(await net.parameters()),
    file,
  });
  if (targetReached !== false) return;
  throw new TargetError(`--target-accuracy: expected ${targetAccuracy} %, found ${percentage(accuracy)} at best`);
}
