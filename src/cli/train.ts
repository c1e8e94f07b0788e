/** `retrograd train` */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { printable } from '../base/show-value.ts';
import type { DatasetPair } from '../data.node.ts';
import { ArgumentError, type EpochResult, logTo, type Progress, RetrogradError, type TuneMode } from '../index.node.ts';
import { local } from '../platform/write-file.node.ts';
import { addOptions } from './add-options.ts';
import { augment } from './augment.ts';
import { metadataOf, openCheckpoint, sha256, warnOfRounded } from './checkpoint.ts';
import { dataRules, standardizes } from './data-options.ts';
import { checkWritable, isSameFile } from './files.ts';
import { checkHeeded } from './heeded.ts';
import { InterruptedError, type Interruption, SOON } from './interrupt.ts';
import { checkOptimizer, modelRules, optimizerRules } from './model-options.ts';
import { addOptimizerOptions, addOutputOptions, addRunOptions } from './options.ts';
import { duration, outputOf, percentage } from './output.ts';
import { count, oneOf, percent, text } from './parse.ts';
import { trainingBar } from './progress.ts';
import { remembered, type Texts } from './remembered-options.ts';
import { goOn, recallTraining } from './resume.ts';
import { type Run, type RunOptions, withRun } from './run.ts';
import { recallModel, startFrom } from './start-from.ts';
import {
  begin,
  better,
  describeBest,
  describeEvaluation,
  evaluationFields,
  judgeOf,
  lastEpoch,
  report,
  standing,
  type TrainFlags,
  type Training,
} from './training.ts';
import { addControlOptions, chooses, controlRules, fitOf, updateOf, usualShare } from './training-options.ts';

/** --target-accuracy was not reached. */
export class TargetError extends RetrogradError {
  override readonly name = 'TargetError';
}

export function trainCommand(interrupted: Interruption): Command {
  const command = new Command('train').description(
    'Trains a network on images or a table, and evaluates it after each epoch.',
  );
  addOptimizerOptions(addRunOptions(command));
  addOptions(command, 'Training:', [
    ['--epochs <n>', 'passes over the training data, including those before --resume', count, '5'],
    ['--stop-after <n>', 'end after this epoch, and leave the rest of --epochs and its schedule to --resume', count],
    [
      '--augment <settings>',
      'distort the images at random in every step: shift=2 (pixels), rotate=15 (degrees), scale=0.15, shear=10 (degrees), ' +
        'elastic=34:4 (alpha:sigma, in pixels); combine them with commas',
      augment,
    ],
    ['--target-accuracy <%>', 'stop once the accuracy of an epoch reaches this; exit code 1 if it never does', percent],
    ['--check <n>', 'compare all tensors of every n-th step with the CPU reference', count],
    [
      '--tune <when>',
      'find the fastest kernels for matrix products and convolutions, with the same results: background (while training), now (before training) or off',
      oneOf(tuneModes),
      'background',
    ],
  ]);
  addOptions(command, 'Files:', [
    [
      '--save <file>',
      'save the complete training state as safetensors, at the end and when interrupted; refuses to replace an existing file other than the one of --resume',
      text,
    ],
    [
      '--log <file>',
      'write the numbers of each epoch to a .csv or .jsonl file; with --resume, go on with that file',
      text,
    ],
    ['--overwrite', 'let --save and --log replace existing files'],
    ['--save-every <n>', 'also save after every n-th epoch', count],
    [
      '--resume <file>',
      'continue from a file of --save as if never stopped; --epochs, --learning-rate and other options of the training override those of the file, while model, loss, optimizer and batch are those of the file',
      text,
    ],
    [
      '--start-from <file>',
      'begin with the parameters of this file that fit by name and shape; options of the model are those of the file unless given',
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
  retrograd train --data iris.csv --target species --batch 10 --epochs 50 --validation 0.1
  retrograd train --epochs 20 --save run.safetensors --save-every 1
  retrograd train --resume run.safetensors --save run.safetensors --epochs 40
  retrograd train --model lenet --batch-norm --dropout 0.2 --schedule cosine --epochs 20 --stop-after 5 --save lenet.safetensors
  retrograd train --data pictures/ --start-from lenet.safetensors --freeze 'layers.0.*,layers.3.*' --save pets.safetensors

With --validation, samples held out from the training data judge the epochs, and --patience and --keep-best always need them.
The test set is then evaluated once, at the end. Without it, each epoch is judged by the test set, and so is --target-accuracy.
An interrupted run is saved if it has trained at least one step.
A GPU that is lost is opened again, and training goes on with the same results.
With --json the events are "start", "epoch", "recover", "save" and "end", or "error". Accuracies are fractions from 0 to 1.
"parametersSha256" is the hash of all parameters as 32-bit floats, layer by layer, weights before biases.`;

async function train(command: Command, interrupted: Interruption): Promise<void> {
  const { resume, startFrom: from } = command.opts<TrainFlags>();
  checkHeeded(command, [
    ['--start-from', resume === undefined, 'without --resume, which begins with its file', 'both'],
  ]);
  const saved = resume === undefined ? undefined : await openCheckpoint(resume);
  const other = from === undefined ? undefined : await openCheckpoint(from);
  if (saved) recallTraining(command, saved);
  if (other) recallModel(command, other);
  const flags = flagsOf(command);
  checkPlace(flags);
  const output = outputOf(flags);
  for (const file of [saved, other]) if (file) warnOfRounded(file, output);
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
    if (saved) await goOn(run, flags, saved, command);
    const started = other && (await startFrom(other, run));
    checkTarget(flags, run);
    const { steps } = run.net;
    const training: Training = {
      ...run,
      flags,
      output,
      saved,
      started,
      options: optionsOf(command, flags, run),
      best: saved?.best,
      // Patience that had run out before takes no epoch to find out.
      keptEpoch: flags.keepBest ? saved?.keptEpoch : undefined,
      steps,
    };
    interrupted.patience = flags.save === undefined ? SOON : Number.POSITIVE_INFINITY;
    begin(training);
    const began = performance.now();
    await fit(training, interrupted);
    await finish(training, (performance.now() - began) / 1000);
  });
}

/** Throws ArgumentError for options without effect. */
function flagsOf(command: Command): TrainFlags {
  const given = command.opts<TrainFlags>();
  checkHeeded(command, [
    ...dataRules(given),
    ...modelRules(given),
    ...optimizerRules(given),
    ...controlRules(given),
    ['--tune', given.device !== 'cpu', 'on a GPU', 'it with --device cpu'],
    ['--save-every', given.save !== undefined, 'with --save', 'without'],
    ['--overwrite', given.save !== undefined || given.log !== undefined, 'with --save or --log', 'neither'],
  ]);
  return { ...given, validation: given.validation ?? (chooses(given) ? usualShare : undefined) };
}

/** Throws ArgumentError for a target that nothing is measured by. */
function checkTarget({ targetAccuracy }: TrainFlags, { hasAccuracy }: Run): void {
  if (targetAccuracy === undefined || hasAccuracy) return;
  throw new ArgumentError('--target-accuracy: expected with classes, found values as targets');
}

/** For a file to remember. */
const optionsOf = (command: Command, flags: TrainFlags, { loss }: Run): Texts => {
  const { validation } = flags;
  const all = {
    ...remembered(command),
    '--loss': loss,
    '--standardize': standardizes(flags) ? 'inputs' : 'none',
    ...(validation !== undefined && { '--validation': String(validation) }),
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** Throws ArgumentError where saving would replace what nobody said may be replaced, DataError where it cannot be. */
function checkPlace(flags: TrainFlags): void {
  const { save, log, resume, overwrite } = flags;
  if (log !== undefined && checkWritable(log) && !overwrite && resume === undefined)
    throw new ArgumentError(
      `--log: expected a file that does not exist yet, or --resume to go on with it, or --overwrite to replace it, found ${log}`,
    );
  if (save === undefined) return;
  const exists = checkWritable(save);
  if (!exists || overwrite || (resume !== undefined && isSameFile(save, resume))) return;
  const expected = 'a file that does not exist yet, or --resume with it to continue, or --overwrite to replace it';
  throw new ArgumentError(`--save: expected ${expected}, found ${save}`);
}

/** Trains all the epochs, or as many as it takes to reach the target, or patience lasts. */
async function fit(training: Training, interrupted: Interruption): Promise<void> {
  const { net, data, flags, output } = training;
  const before = net.epochs;
  const bar = trainingBar();
  const { epochs } = flags;
  const judge = judgeOf(training);
  const log = flags.log === undefined ? undefined : logTo(resolve(local(flags.log)), { after: before });
  const onProgress = (progress: Progress) =>
    bar.show({ ...progress, accuracy: training.last?.accuracy, epoch: before + progress.epoch, epochs });
  const onEpoch = async (result: EpochResult) => {
    const epoch = before + result.epoch;
    bar.clear();
    // What an epoch came to is told, whatever interrupts it.
    const evaluation = result.validation!;
    report({ ...result, epoch }, evaluation, flags, judge, output);
    await log?.(result);
    training.last = evaluation;
    training.best = better(training.best, epoch, evaluation);
    training.keptEpoch = flags.keepBest ? before + result.best! : undefined;
    const isEnd = meetsTarget(evaluation.accuracy, flags) || epoch >= lastEpoch(flags);
    if (!isEnd && flags.saveEvery && epoch % flags.saveEvery === 0 && epoch < epochs) await save(training);
    return isEnd && 'stop';
  };
  try {
    await net.fit(data.train, {
      ...fitOf(flags, training.hasAccuracy),
      epochs: epochs - before,
      validation: judge.dataset,
      augment: flags.augment,
      onProgress,
      onEpoch,
      signal: interrupted.signal,
      recover: true,
      onRecover: ({ error, step }) => {
        bar.clear();
        output.warn(`${error.message} Training goes on from step ${step}, on another device.`);
        output.emit({ event: 'recover', steps: step });
      },
    });
  } catch (error) {
    bar.clear();
    if (error instanceof InterruptedError) await rescue(training);
    throw error;
  } finally {
    bar.clear();
  }
}

/** To the file that --save names, if it does; `tell` hears of it. */
async function save(training: Training, tell = training.output.say): Promise<void> {
  const { net, data, flags, options, best, output } = training;
  const { save: file } = flags;
  if (file === undefined) return;
  await net.save(resolve(local(file)), { metadata: metadataOf(options, data.train, best) });
  tell(`saved to ${printable(file)} after ${standing({ net })}`);
  output.emit({ event: 'save', file, steps: net.steps, epochs: net.epochs });
}

/** Of a training that is interrupted, on stderr, as stdout may be what has come to an end. */
async function rescue(training: Training): Promise<void> {
  const { net, flags, output, steps } = training;
  if (net.steps > steps) return save(training, output.warn);
  if (flags.save !== undefined) output.warn(`no step was trained: ${printable(flags.save)} is unchanged`);
}

// 100 · 0.29 is a little less than 29.
const meetsTarget = (accuracy = 0, { targetAccuracy }: TrainFlags): boolean =>
  targetAccuracy !== undefined && 100 * accuracy >= targetAccuracy - 1e-9;

/** Throws TargetError where the target was missed, after everything has been saved and said. */
async function finish(training: Training, seconds: number): Promise<void> {
  const { net, data, flags, output, keptEpoch } = training;
  const best = training.best!;
  const { targetAccuracy, save: file } = flags;
  const { field, name } = judgeOf(training);
  const targetReached = targetAccuracy === undefined ? undefined : meetsTarget(best.accuracy, flags);
  const reached = targetReached ? ', target reached' : '';
  output.say(`\n${describeBest(best, name)}, ${duration(seconds)} in all${reached}`);
  if (keptEpoch !== undefined) {
    output.say(`kept the parameters of epoch ${keptEpoch}, the best on the held-out samples`);
  }
  const isTested = field === 'test' && training.last !== undefined;
  const test = isTested ? training.last! : await net.evaluate(data.test);
  if (!isTested) output.say(describeEvaluation('test', test));
  await save(training);
  const { epoch, ...score } = best;
  output.emit({
    event: 'end',
    ...Object.fromEntries(
      Object.entries(score).map(([what, value]) => [`best${capital(field)}${capital(what)}`, value]),
    ),
    bestEpoch: epoch,
    epochs: net.epochs,
    seconds,
    keptEpoch,
    ...evaluationFields('test', test),
    targetReached,
    parametersSha256: sha256(await net.parameters()),
    file,
  });
  if (targetReached !== false) return;
  throw new TargetError(
    `--target-accuracy: expected ${targetAccuracy} %, found ${percentage(best.accuracy ?? 0)} at best`,
  );
}

const capital = (name: string): string => name[0].toUpperCase() + name.slice(1);
