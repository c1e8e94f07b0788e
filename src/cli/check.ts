/** `retrograd check` */

import { Command } from 'commander';
import { table } from '../base/table.ts';
import { batch } from '../data.node.ts';
import { CheckError, type Report } from '../index.node.ts';
import { dataRules } from './data-options.ts';
import { checkHeeded } from './heeded.ts';
import { modelRules, optimizerOf, optimizerRules } from './model-options.ts';
import { addOptimizerOptions, addOutputOptions, addRunOptions, type TrainedFlags } from './options.ts';
import { type Output, outputOf, percentage, plural } from './output.ts';
import { describeTraining, facts, introduce, withRun } from './run.ts';

export function checkCommand(): Command {
  const command = new Command('check').description(
    'Computes one training step on the GPU and compares each of its tensors with the CPU reference. Trains nothing.',
  );
  return addOutputOptions(addOptimizerOptions(addRunOptions(command)))
    .addHelpText('after', help)
    .action(check);
}

const help = `
Example:
  retrograd check --data digits --hidden 30 --activation gelu

At a share of 100 %, an element is as far from the reference as rounding allows. More is an error, with exit code 1.
With --json the events are "start", one "tensor" per tensor, and "end", or "error".`;

async function check(flags: TrainedFlags, command: Command): Promise<void> {
  checkHeeded(command, [...dataRules(flags), ...modelRules(flags), ...optimizerRules(flags)]);
  const output = outputOf(flags);
  await withRun(flags, { optimizer: optimizerOf(flags) }, output, async (run) => {
    output.emit({ event: 'start', ...facts(run, flags) });
    introduce(run, flags, output);
    output.say(`step        ${describeTraining(flags)}\n`);
    if (run.device === 'cpu')
      output.warn('This checks no GPU: it compares the reference in 32 bits with itself in 64 bits.\n');
    const { x, y } = batch(
      run.data.train,
      Array.from({ length: flags.batch }, (_, i) => i),
    );
    const report = await run.net.check(x, y).catch((error) => {
      if (error instanceof CheckError) show(error.report, output);
      throw error;
    });
    show(report, output);
    output.say(`\n${plural(report.tensors.length, 'tensor')} of one step agree with the CPU reference`);
  });
}

function show(report: Report, output: Output): void {
  for (const tensor of report.tensors) output.emit({ event: 'tensor', ...tensor });
  output.emit({ event: 'end', ok: report.ok, tensors: report.tensors.length, share: report.share });
  output.say(print(report));
}

/** A row per tensor: its worst element, and the share of the allowance that it uses. */
function print({ tensors }: Report): string {
  const rows = tensors.map(({ tensor, shape, worst, share }) => [
    tensor,
    `[${shape}]`,
    `(${worst.row}, ${worst.column})`,
    decimal(worst.actual),
    decimal(worst.expected),
    worst.bound.toExponential(1),
    percentage(share),
  ]);
  return table([['tensor', 'shape', 'worst at', 'found', 'reference', 'allowed', 'share'], ...rows], [3, 4, 5, 6]);
}

const decimal = (x: number): string => (Math.abs(x) < 1e-3 && x !== 0 ? x.toExponential(6) : x.toPrecision(7));
