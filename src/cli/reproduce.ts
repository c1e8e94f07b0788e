/** `retrograd reproduce` */

import { Command } from 'commander';
import { mean, standardDeviation } from '../base/statistics.ts';
import { table } from '../base/table.ts';
import { type DatasetPair, take } from '../data.node.ts';
import { ArgumentError, compile, type Device, openDevice } from '../index.node.ts';
import { describeModel } from '../nn/model.ts';
import { addOptions } from './add-options.ts';
import { openData } from './dataset.ts';
import { checkHeeded } from './heeded.ts';
import { type Interruption, SOON } from './interrupt.ts';
import { addOutputOptions, type OutputFlags } from './options.ts';
import { decimal, duration, epochOf, type Output, outputOf, plural } from './output.ts';
import { count, oneOf, someOf, text } from './parse.ts';
import { trainingBar } from './progress.ts';
import { type Recipe, recipes } from './recipes/index.ts';
import { describeAdapter } from './run.ts';

type Name = keyof typeof recipes;

interface ReproduceFlags extends OutputFlags {
  recipe?: (Name | 'all')[];
  data: string;
  epochs?: number;
  seeds: number;
}

/** What training by a recipe came to. */
interface Outcome {
  readonly name: Name;
  readonly epochs: number;
  /** Test error of each run, in %. */
  readonly errors: readonly number[];
  /** Of one run, on average, the tests after each epoch included. */
  readonly seconds: number;
}

export function reproduceCommand(interrupted: Interruption): Command {
  const command = new Command('reproduce').description(
    'Reproduces published results on MNIST and reports how close the test error comes.',
  );
  addOptions(command, 'Recipes:', [
    [
      '--recipe <names>',
      `one or more of ${Object.keys(recipes).join(', ')}, or all (default: none, which lists them)`,
      someOf(oneOf({ ...recipes, all: true })),
    ],
    ['--epochs <n>', "number of epochs (default: the recipe's)", count],
    ['--seeds <n>', 'runs per recipe, with the seeds 1, 2, ...', count, '3'],
    ['--data <name|dir>', 'mnist, or a folder or URL with the four IDX files', text, 'mnist'],
  ]);
  return addOutputOptions(command)
    .addHelpText('after', help)
    .action((flags: ReproduceFlags, command: Command) => reproduce(flags, command, interrupted));
}

const help = `
Examples:
  retrograd reproduce
  retrograd reproduce --recipe nielsen-30
  retrograd reproduce --recipe lecun-300,lecun-300-100 --epochs 5 --seeds 1

Errors are in % of the 10,000 test images, after the last epoch or the best one, whichever the source reports.
With --json the events are "start", one "epoch" per epoch, one "recipe" per recipe, and "end", or "error".`;

async function reproduce(flags: ReproduceFlags, command: Command, interrupted: Interruption): Promise<void> {
  const isAsked = flags.recipe !== undefined;
  const about = ['--epochs', '--seeds', '--data'];
  checkHeeded(
    command,
    about.map((flag) => [flag, isAsked, 'with --recipe', 'none, which lists the recipes']),
  );
  const output = outputOf(flags);
  if (!flags.recipe) return list(output);
  const all = Object.keys(recipes) as Name[];
  const names = flags.recipe.includes('all') ? all : (flags.recipe as Name[]);
  if (['digits', 'fashion-mnist'].includes(flags.data)) {
    throw new ArgumentError(`--data: expected MNIST, which the published results use, found ${flags.data}`);
  }
  const data = await openData({ data: flags.data, seed: 0 }, output);
  const device = await openDevice();
  const outcomes: Outcome[] = [];
  const sumUp = () => outcomes.length > 0 && output.say(`\n${summary(outcomes)}`);
  interrupted.signal.addEventListener('abort', sumUp);
  interrupted.patience = SOON;
  try {
    const { name: adapter, software } = device.info;
    output.emit({ event: 'start', adapter, software, data: data.source, recipes: names, seeds: flags.seeds });
    output.say(`device      ${describeAdapter(device.info)}`);
    for (const name of names) outcomes.push(await follow(name, flags, data, device, output, interrupted.signal));
    sumUp();
    output.emit({ event: 'end', recipes: outcomes.length });
  } finally {
    device.destroy();
  }
}

/** What there is to reproduce, and what was published. */
function list({ say, emit }: Output): void {
  const cells = Object.entries(recipes).map(([name, { source, published, epochs }]) => {
    emit({ event: 'recipe', name, source, published, epochs });
    return [name, `${published.error.toFixed(2)} %`, plural(epochs, 'epoch'), source];
  });
  say(table([['recipe', 'error', 'training', 'source'], ...cells], [1, 2]));
  say('\nTo run one, pass --recipe NAME. To run all, pass --recipe all.');
}

/** Trains once for each seed. */
async function follow(
  name: Name,
  flags: ReproduceFlags,
  data: DatasetPair,
  device: Device,
  output: Output,
  signal: AbortSignal,
): Promise<Outcome> {
  const recipe: Recipe = recipes[name];
  const { epochs = recipe.epochs, seeds } = flags;
  output.say(`\n${name}: ${recipe.source}`);
  output.say(`  ${describeModel(recipe.model)}, batches of ${recipe.training.batch}`);
  output.say(`  differs from the source: ${recipe.differs}`);
  const errors: number[] = [];
  const started = performance.now();
  for (let seed = 1; seed <= seeds; seed++) {
    const run = { name, recipe, epochs, seed, data, device };
    const found = await errorsByEpoch(run, output, signal);
    errors.push(recipe.figure === 'best' ? Math.min(...found) : found[found.length - 1]);
  }
  const seconds = (performance.now() - started) / 1000 / seeds;
  const { source, published, differs, figure } = recipe;
  const ours = { errors, mean: mean(errors), standardDeviation: standardDeviation(errors), seconds };
  output.emit({
    event: 'recipe',
    name,
    source,
    published,
    figure,
    differs,
    epochs,
    epochsOfRecipe: recipe.epochs,
    ...ours,
  });
  return { name, epochs, errors, seconds };
}

interface Training {
  readonly name: Name;
  readonly recipe: Recipe;
  readonly epochs: number;
  readonly seed: number;
  readonly data: DatasetPair;
  readonly device: Device;
}

/** Test error after each epoch of one run, in %. */
async function errorsByEpoch(training: Training, output: Output, signal: AbortSignal): Promise<number[]> {
  const { name, recipe, epochs, seed, data, device } = training;
  const net = await compile(recipe.model, { ...recipe.training, device, seed, keep: [] });
  const bar = trainingBar();
  const errors: number[] = [];
  try {
    await net.fit(take(data.train, recipe.samples ?? data.train.count), {
      ...recipe.fit,
      epochs,
      validation: data.test,
      signal,
      onProgress: bar.show,
      onEpoch({ epoch, trainLoss, validation, seconds }) {
        bar.clear();
        const error = 100 * (1 - validation!.accuracy!);
        errors.push(error);
        output.emit({ event: 'epoch', recipe: name, seed, epoch, trainLoss, testError: error, seconds });
        const cells = [`seed ${seed}`, epochOf(epoch, epochs), `train loss ${decimal(trainLoss)}`];
        output.say(`  ${[...cells, `test error ${error.toFixed(2)} %`, duration(seconds)].join('   ')}`);
      },
    });
  } finally {
    bar.clear();
    net.destroy();
  }
  return errors;
}

function summary(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ name, epochs, errors, seconds }) => {
    const { published, epochs: all }: Recipe = recipes[name];
    const spread = errors.length > 1 ? ` ± ${standardDeviation(errors).toFixed(2)}` : '';
    return [
      name,
      `${published.error.toFixed(2)} %`,
      `${mean(errors).toFixed(2)}${spread} %`,
      String(errors.length),
      epochs === all ? String(all) : `${epochs} of ${all}`,
      duration(seconds),
    ];
  });
  return table([['recipe', 'published', 'found', 'runs', 'epochs', 'time per run'], ...rows], [1, 2, 3, 4, 5]);
}
