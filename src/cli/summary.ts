/** `retrograd summary` */
import { Command } from 'commander';
import { printSummary, type Summary, summary } from '../index.node.ts';
import { readModel } from '../saved/read-model.ts';
import { addOptions } from './add-options.ts';
import { openCheckpoint } from './checkpoint.ts';
import { dataRows, dataRules } from './data-options.ts';
import { openData } from './dataset.ts';
import { checkHeeded } from './heeded.ts';
import { modelRules, optimizerOf, optimizerRules } from './model-options.ts';
import { addModelOptions, addOptimizerOptions, addOutputOptions, type TrainedFlags } from './options.ts';
import { outputOf } from './output.ts';
import { count } from './parse.ts';
import { netOf } from './run.ts';

export function summaryCommand(): Command {
  const command = new Command('summary').description(
    'Lists the layers of a network with their shapes, parameters and work: of a file, or of the options.',
  );
  command.argument('[file]', 'a safetensors file, as train --save writes it (default: the network of the options)');
  addOptions(command, 'Data:', dataRows);
  addModelOptions(command);
  addOptions(command, 'Model:', [['--batch <n>', 'samples per step', count, '100']]);
  return addOutputOptions(addOptimizerOptions(command)).addHelpText('after', help).action(summarizeNet);
}

const help = `
Examples:
  retrograd summary run.safetensors
  retrograd summary --data digits --model lenet --batch 64

For the network of the options it also says how much memory a training step takes.
With --json there is one event, "summary" or "error".`;

async function summarizeNet(file: string | undefined, flags: TrainedFlags, command: Command): Promise<void> {
  const output = outputOf(flags);
  const found = file === undefined ? await ofOptions(flags, command) : await ofFile(file, command);
  output.emit({ event: 'summary', file: file ?? null, ...found });
  output.say(printSummary(found));
}

async function ofOptions(flags: TrainedFlags, command: Command): Promise<Summary> {
  checkHeeded(command, [...dataRules(flags), ...modelRules(flags), ...optimizerRules(flags)]);
  const data = await openData({ ...flags, seed: 0 }, outputOf(flags));
  const { model, loss } = await netOf(flags, data);
  return summary(model, { batch: flags.batch, loss, optimizer: optimizerOf(flags), keep: [] });
}

/** Throws ArgumentError for options that the file has already decided. */
async function ofFile(file: string, command: Command): Promise<Summary> {
  const flags = command.options.map(({ long }) => long!).filter((flag) => flag !== '--json');
  checkHeeded(
    command,
    flags.map((flag) => [flag, false, 'without a file, which already says the network', 'it with one']),
  );
  const { path, model } = await openCheckpoint(file);
  return summary((await readModel(model, path)).model);
}
