/** `retrograd eval` */
import { Command } from 'commander';
import { printable } from '../base/show-value.ts';
import type { DataFacts } from '../data/data-facts.ts';
import { ArgumentError, confusion, precisionRecallF1, printConfusion, printScores, sgd } from '../index.node.ts';
import { lossNamed } from '../nn/losses/registry.ts';
import { readModel } from '../saved/read-model.ts';
import { addOptions } from './add-options.ts';
import { type Checkpoint, dataOf, knownData, openCheckpoint, sha256, warnOfRounded } from './checkpoint.ts';
import { dataRules } from './data-options.ts';
import { isWhole } from './dataset.ts';
import { checkHeeded, type Rule } from './heeded.ts';
import { modelRules } from './model-options.ts';
import { addOutputOptions, addRunOptions, type RunFlags } from './options.ts';
import { duration, outputOf } from './output.ts';
import { recall } from './remembered-options.ts';
import { facts, introduce, type Run, type Saved, withRun } from './run.ts';
import { describeEvaluation, evaluationFields } from './training.ts';

export function evalCommand(): Command {
  const command = new Command('eval').description(
    'Evaluates a network on the test set, with weights from a file or untrained.',
  );
  command.argument('[file]', 'a safetensors file, as train --save writes it (default: an untrained network)');
  addOptions(command, 'Output:', [
    ['--confusion', 'print how often each class is taken for which, with precision, recall and F1 of each'],
  ]);
  return addOutputOptions(addRunOptions(command)).addHelpText('after', help).action(evaluate);
}

const help = `
Example:
  retrograd train --hidden 30 --save digits.safetensors
  retrograd eval digits.safetensors
  retrograd eval digits.safetensors --confusion

The file holds the model and the name of the data set, whether train or a program of your own wrote it. --data is needed only
if the network was trained on data other than mnist, fashion-mnist or digits. Of the table or the pictures that train was
given, the part that was not trained on is evaluated; of other tables and pictures, all of it. For a file without a model,
such as one of another library, give the options of the model.
With --json there is one event, "evaluation" or "error".`;

interface EvalFlags extends RunFlags {
  confusion?: boolean;
}

async function evaluate(file: string | undefined, _flags: EvalFlags, command: Command): Promise<void> {
  const settled = (flag: string, how: string): Rule => [
    flag,
    file === undefined,
    `without a file, ${how}`,
    'it with one',
  ];
  checkHeeded(command, [
    settled('--seed', 'which already holds the weights'),
    settled('--init', 'which already holds the weights'),
    settled('--test', 'whose training settles which samples are tested'),
  ]);
  const saved = file === undefined ? undefined : await openCheckpoint(file);
  if (saved) recall(command, saved.options, saved.path);
  const own = saved && (await netIn(saved, command));
  const options = command.opts<EvalFlags>();
  const flags = { ...options, data: options.data ?? own?.data() ?? (saved && dataOf(saved)) };
  checkHeeded(command, [...dataRules(flags), ...(own ? [] : modelRules(flags))]);
  const output = outputOf(flags);
  if (saved) warnOfRounded(saved, output);
  // compile wants an optimizer; no step is ever taken.
  const untrained = { optimizer: sgd({ learningRate: 0 }), keep: [] };
  const evaluateRun = async (run: Run): Promise<void> => {
    const { net, data } = run;
    if (saved) await net.load(saved.file, { weightsOnly: true });
    introduce(run, flags, output);
    const unknown = saved && !saved.data && isWhole(data) ? ', which does not say what it was trained on' : '';
    const weights = file ? printable(file) + unknown : 'initial, from the seed: this network is not trained';
    output.say(`weights     ${weights}\n`);
    const started = performance.now();
    const measured =
      flags.confusion && (await net.evaluate(data.test, { metrics: [confusion(), precisionRecallF1()] }));
    const evaluation = measured || (await net.evaluate(data.test));
    const seconds = (performance.now() - started) / 1000;
    output.say(`${describeEvaluation('test', evaluation)}   ${duration(seconds)}`);
    if (measured) output.say(`\n${printConfusion(measured.metrics.confusion)}\n\n${printScores(measured.metrics)}`);
    output.emit({
      event: 'evaluation',
      ...facts(run, flags),
      file: file ?? null,
      parametersSha256: sha256(await net.parameters()),
      ...evaluationFields('test', evaluation),
      samples: evaluation.count,
      ...(measured && { metrics: measured.metrics }),
      seconds,
    });
  };
  await withRun(flags, untrained, output, evaluateRun, saved && savedIn(saved, own));
}

interface OwnNet extends NonNullable<Saved['net']> {
  readonly facts?: DataFacts;
  /** What --data is for it. */
  data(): string | undefined;
}

/** What the file says of net and data. */
const savedIn = ({ data, options }: Checkpoint, net?: OwnNet): Saved => ({
  net,
  data: {
    facts: net?.facts,
    trainedOn: data,
    validation: options['--validation'] === undefined ? undefined : Number(options['--validation']),
  },
});

/** The net that a file says; undefined for a file that says none. */
async function netIn({ path, model: text, data }: Checkpoint, command: Command): Promise<OwnNet | undefined> {
  if (text === undefined) return undefined;
  const { model, loss, data: trainedOn } = await readModel(text, path);
  const flags = ['--model', '--hidden', '--activation', '--loss', '--label-smoothing', '--standardize'];
  if (trainedOn?.columns) flags.push('--columns', '--categorical');
  const expected = 'with a file that does not say its model';
  checkHeeded(
    command,
    flags.map((flag) => [flag, false, expected, `it with ${path}, which does`]),
  );
  return {
    model,
    loss: await lossNamed(loss),
    facts: trainedOn,
    data() {
      if (data) return undefined; // what train writes says more
      if (trainedOn) return knownData(path, trainedOn.name);
      throw new ArgumentError(`--data: expected the data to evaluate on, as ${path} does not name any, found none`);
    },
  };
}
