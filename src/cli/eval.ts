/** `retrograd eval` */
import { Command } from 'commander';
import { sgd } from '../index.node.ts';
import { addOptions, addOutputOptions, addRunOptions, type RunFlags } from './options.ts';
import { duration, outputOf, percentage } from './output.ts';
import { loadParameters, sha256 } from './parameters.ts';
import { facts, introduce, withRun } from './run.ts';
import { text } from './values.ts';

interface EvalFlags extends RunFlags {
  parameters?: string;
}

export function evalCommand(): Command {
  const command = new Command('eval').description(
    'Tests a network with parameters from a file, or as the seed draws them.',
  );
  addRunOptions(command);
  addOptions(command, 'Parameters:', [
    ['--parameters <file>', 'as train --save-parameters wrote them (default: those of an untrained network)', text],
  ]);
  return addOutputOptions(command).addHelpText('after', help).action(evaluate);
}

const help = `
Example:
  retrograd train --hidden 30 --save-parameters digits.json
  retrograd eval --hidden 30 --parameters digits.json

Data and model have to be given as they were for training. With --json there is one event, "evaluation", or "error".`;

async function evaluate(flags: EvalFlags): Promise<void> {
  const output = outputOf(flags);
  // compile wants an optimizer; no step is ever taken.
  const options = { optimizer: sgd({ learningRate: 0 }), keep: [] };
  await withRun(flags, options, output, async (run) => {
    const { net, data } = run;
    if (flags.parameters !== undefined)
      net.setParameters(await loadParameters(flags.parameters, await net.parameters()));
    introduce(run, flags, output);
    const origin = flags.parameters ?? 'as drawn from the seed: this network is not trained';
    output.say(`parameters  ${origin}\n`);
    const started = performance.now();
    const { loss, accuracy, count } = await net.evaluate(data.test);
    const seconds = (performance.now() - started) / 1000;
    output.say(`test loss ${loss.toFixed(4)}   test accuracy ${percentage(accuracy ?? 0)}   ${duration(seconds)}`);
    output.emit({
      event: 'evaluation',
      ...facts(run, flags),
      parametersFile: flags.parameters ?? null,
      parametersSha256: sha256(await net.parameters()),
      testLoss: loss,
      testAccuracy: accuracy,
      samples: count,
      seconds,
    });
  });
}
