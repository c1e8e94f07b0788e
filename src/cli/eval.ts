/** `retrograd eval` */
import { Command } from 'commander';
import { printable } from '../base/show-value.ts';
import { sgd } from '../index.node.ts';
import { dataOf, openCheckpoint, sha256 } from './checkpoint.ts';
import { checkHeeded } from './heeded.ts';
import { modelRules } from './model-options.ts';
import { addOutputOptions, addRunOptions, type RunFlags } from './options.ts';
import { decimal, duration, outputOf, percentage } from './output.ts';
import { recall } from './remembered-options.ts';
import { facts, introduce, withRun } from './run.ts';

export function evalCommand(): Command {
  const command = new Command('eval').description(
    'Evaluates a network on the test images, with weights from a file or untrained.',
  );
  command.argument('[file]', 'a safetensors file, as train --save writes it (default: an untrained network)');
  return addOutputOptions(addRunOptions(command)).addHelpText('after', help).action(evaluate);
}

const help = `
Example:
  retrograd train --hidden 30 --save digits.safetensors
  retrograd eval digits.safetensors

The file holds the options of the model and the name of the data set. --data is needed only if the network was trained on data
other than mnist, fashion-mnist or digits. For a file that train did not write, give the options of the model.
With --json there is one event, "evaluation" or "error".`;

async function evaluate(file: string | undefined, _flags: RunFlags, command: Command): Promise<void> {
  const drawn = ['--seed', '--init'] as const;
  checkHeeded(
    command,
    drawn.map((flag) => [flag, file === undefined, 'without a file, which already holds the weights', 'it with one']),
  );
  const saved = file === undefined ? undefined : await openCheckpoint(file);
  if (saved) recall(command, saved.options, saved.path);
  const options = command.opts<RunFlags>();
  const flags = { ...options, data: options.data ?? (saved && dataOf(saved)) };
  checkHeeded(command, modelRules(flags));
  const output = outputOf(flags);
  // compile wants an optimizer; no step is ever taken.
  const untrained = { optimizer: sgd({ learningRate: 0 }), keep: [] };
  await withRun(flags, untrained, output, async (run) => {
    const { net, data } = run;
    if (saved) await net.load(saved.file, { weightsOnly: true });
    introduce(run, flags, output);
    output.say(`weights     ${file ? printable(file) : 'initial, from the seed: this network is not trained'}\n`);
    const started = performance.now();
    const { loss, accuracy, count } = await net.evaluate(data.test);
    const seconds = (performance.now() - started) / 1000;
    output.say(`test loss ${decimal(loss)}   test accuracy ${percentage(accuracy ?? 0)}   ${duration(seconds)}`);
    output.emit({
      event: 'evaluation',
      ...facts(run, flags),
      file: file ?? null,
      parametersSha256: sha256(await net.parameters()),
      testLoss: loss,
      testAccuracy: accuracy,
      samples: count,
      seconds,
    });
  });
}
