/** `retrograd train` */
import { Command } from 'commander';
import { type AugmentOptions, type EpochResult, RetrogradError, type Trainer, type TuneMode } from '../index.node.ts';
import { augment, describeAugment } from './augment.ts';
import { checkWritable } from './files.ts';
import { optimizerOf } from './network.ts';
import { addOptimizerOptions, addOptions, addOutputOptions, addRunOptions, type TrainedFlags } from './options.ts';
import { duration, epochOf, integer, type Output, outputOf, percentage } from './output.ts';
import { saveParameters, sha256 } from './parameters.ts';
import { trainingBar } from './progress.ts';
import { describeTraining, facts, introduce, type Run, withRun } from './run.ts';
import { count, oneOf, percent, text } from './values.ts';

interface TrainFlags extends TrainedFlags {
  epochs: number;
  augment?: AugmentOptions;
  targetAccuracy?: number;
  check?: number;
  tune: TuneMode;
  saveParameters?: string;
}

/** --target-accuracy was not reached. */
export class TargetError extends RetrogradError {
  override readonly name = 'TargetError';
}

export function trainCommand(signal: AbortSignal): Command {
  const command = new Command('train').description(
    'Trains a network on labelled images and tests it after every epoch.',
  );
  addOptimizerOptions(addRunOptions(command));
  addOptions(command, 'Training:', [
    ['--epochs <n>', 'times through the training data', count, '5'],
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
      'try the forms of the matrix products: background (beside training), now (before it) or off; no result depends on it',
      oneOf(tuneModes),
      'background',
    ],
    ['--save-parameters <file>', 'write weights and biases at the end, as JSON for eval', text],
  ]);
  return addOutputOptions(command)
    .addHelpText('after', help)
    .action((flags: TrainFlags) => train(flags, signal));
}

const tuneModes: Record<TuneMode, unknown> = { background: true, now: true, off: true };

const help = `
Examples:
  retrograd train
  retrograd train --data fashion-mnist --hidden 100,50 --epochs 10
  retrograd train --hidden 800 --augment rotate=15,scale=0.15,shear=10,elastic=34:4 --epochs 20
  retrograd train --hidden 30 --activation sigmoid --init normal --loss quadratic --optimizer sgd --learning-rate 3 --batch 10

With --json there are the events "start", "epoch" and "end", or "error". Accuracies are fractions from 0 to 1.
"parametersSha256" is over all parameters as 32-bit floats, layer by layer, weights before biases.`;

async function train(flags: TrainFlags, signal: AbortSignal): Promise<void> {
  const output = outputOf(flags);
  if (flags.saveParameters !== undefined) checkWritable(flags.saveParameters);
  const check = flags.check === undefined ? undefined : { every: flags.check };
  // Without a check nobody looks at the tensors of a step, and not keeping them is faster.
  const options = { optimizer: optimizerOf(flags), check, keep: check ? undefined : [], tune: flags.tune };
  await withRun(flags, options, output, async (run) => {
    start(run, flags, output);
    const started = performance.now();
    const epochs = await fit(run, flags, output, signal);
    await finish(run.net, flags, output, epochs, (performance.now() - started) / 1000);
  });
}

/** x and y of a batch are gathered from the data set before the step: by one dispatch, by two where images are changed. */
const gathers = ({ augment }: TrainFlags): number => (augment ? 2 : 1);

function start(run: Run, flags: TrainFlags, output: Output): void {
  const dispatchesPerStep = run.device === 'cpu' ? null : run.net.schedule.steps.length + gathers(flags);
  const { optimizer, epochs } = flags;
  const { learningRate } = run.net;
  output.emit({
    event: 'start',
    ...facts(run, flags),
    loss: flags.loss,
    optimizer,
    learningRate,
    epochs,
    augment: flags.augment,
    dispatchesPerStep,
  });
  introduce(run, flags, output);
  const dispatches = dispatchesPerStep ? `, ${dispatchesPerStep} dispatches per step` : '';
  const changed = flags.augment ? `, ${describeAugment(flags.augment)}` : '';
  output.say(`training    ${describeTraining(run, flags)}${changed}${dispatches}\n`);
}

/** The epochs trained: all of them, or as many as it takes to reach the target. */
async function fit(
  { net, data }: Run,
  flags: TrainFlags,
  output: Output,
  interrupted: AbortSignal,
): Promise<EpochResult[]> {
  const bar = trainingBar();
  const reached = new AbortController();
  const results: EpochResult[] = [];
  const onEpoch = (result: EpochResult): void => {
    results.push(result);
    bar.clear();
    report(result, flags.epochs, output);
    if (meetsTarget(result, flags)) reached.abort();
  };
  try {
    const signal = AbortSignal.any([interrupted, reached.signal]);
    await net.fit(data.train, {
      epochs: flags.epochs,
      validation: data.test,
      augment: flags.augment,
      onProgress: bar.show,
      onEpoch,
      signal,
    });
  } catch (error) {
    if (!reached.signal.aborted) throw error;
  } finally {
    bar.clear();
  }
  return results;
}

const accuracyOf = ({ validation }: EpochResult): number => validation?.accuracy ?? 0;
// 100 · 0.29 is a little less than 29.
const meetsTarget = (result: EpochResult, { targetAccuracy }: TrainFlags): boolean =>
  targetAccuracy !== undefined && 100 * accuracyOf(result) >= targetAccuracy - 1e-9;

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
async function finish(net: Trainer, flags: TrainFlags, output: Output, epochs: EpochResult[], seconds: number) {
  const { targetAccuracy, saveParameters: file } = flags;
  const best = epochs.reduce((a, b) => (accuracyOf(b) > accuracyOf(a) ? b : a));
  const bestTestAccuracy = accuracyOf(best);
  const targetReached = targetAccuracy === undefined ? undefined : meetsTarget(best, flags);
  const parameters = await net.parameters();
  const summary = `best test accuracy ${percentage(bestTestAccuracy)} after epoch ${best.epoch}`;
  output.say(`\n${summary}, ${duration(seconds)} in all${targetReached ? ', target reached' : ''}`);
  if (file !== undefined) {
    await saveParameters(file, parameters);
    output.say(`parameters written to ${file}`);
  }
  output.emit({
    event: 'end',
    bestTestAccuracy,
    bestEpoch: best.epoch,
    epochs: epochs.length,
    seconds,
    targetReached,
    parametersSha256: sha256(parameters),
    parametersFile: file,
  });
  if (targetReached !== false) return;
  const found = percentage(bestTestAccuracy);
  throw new TargetError(`--target-accuracy: expected ${targetAccuracy} %, found ${found} at best`);
}
