/** `retrograd eval` */
import { Command } from 'commander';
import { sgd } from '../index.node.ts';
import { openCheckpoint, sha256 } from './checkpoint.ts';
import { addOutputOptions, addRunOptions, type RunFlags } from './options.ts';
import { duration, outputOf, percentage } from './output.ts';
import { recall } from './remembered.ts';
import { facts, introduce, withRun } from './run.ts';

export function evalCommand(): Command {
  const command = new Command('eval').description(
    'Tests a network with the weights of a file, or as the seed draws them.',
  );
  command.argument('[file]', 'safetensors, as train --save writes it (default: the weights of an untrained network)');
  return addOutputOptions(addRunOptions(command)).addHelpText('after', help).action(evaluate);
}

const help = `
Example:
  retrograd train --hidden 30 --save digits.safetensors
  retrograd eval digits.safetensors

The file tells data and model; options that are given come before it, and have to be given for a file that train did not write.
With --json there is one event, "evaluation", or "error".`;

async function evaluate(file: string | undefined, _flags: RunFlags, command: Command): Promise<void> {
  const saved = file === undefined ? undefined : await openCheckpoint(file);
  if (saved) recall(command, saved.options, saved.path);
  const flags = command.opts<RunFlags>();
  const output = outputOf(flags);
  // compile wants an optimizer; no step is ever taken.
  const options = { optimizer: sgd({ learningRate: 0 }), keep: [] };
  await withRun(flags, options, output, async (run) => {
    const { net, data } = run;
    if (saved) await net.load(saved.file, { weightsOnly: true });
    introduce(run, flags, output);
    output.say(`weights     ${file ?? 'as drawn from the seed: this network is not trained'}\n`);
    const started = performance.now();
    const { loss, accuracy, count } = await net.evaluate(data.test);
    const seconds = (performance.now() - started) / 1000;
    output.say(`test loss ${loss.toFixed(4)}   test accuracy ${percentage(accuracy ?? 0)}   ${duration(seconds)}`);
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
