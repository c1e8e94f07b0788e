#!/usr/bin/env node
/** The command `retrograd`. `help` lists its exit codes. */
import { Command, CommanderError } from 'commander';
import { printable } from './base/show-value.ts';
import { benchCommand } from './cli/bench.ts';
import { checkCommand } from './cli/check.ts';
import { evalCommand } from './cli/eval.ts';
import { exportCommand } from './cli/export.ts';
import { infoCommand } from './cli/info.ts';
import { InterruptedError, interruption, OutputError } from './cli/interrupt.ts';
import { outputOf } from './cli/output.ts';
import { predictCommand } from './cli/predict.ts';
import { reproduceCommand } from './cli/reproduce.ts';
import { summaryCommand } from './cli/summary.ts';
import { trainCommand } from './cli/train.ts';
import { version } from './cli/version.ts';
import { ArgumentError, RetrogradError } from './index.node.ts';

const help = `
Examples:
  retrograd train --data digits --epochs 3
  retrograd train --help

Exit codes: 0, 1 (failed), 2 (bad arguments), 129 (SIGHUP), 130 (Ctrl-C), 141 (closed pipe), 143 (SIGTERM).`;

async function main(): Promise<void> {
  const program = new Command('retrograd')
    .description('Trains neural networks on the GPU, through WebGPU.')
    .version(version)
    .addHelpText('after', help)
    .exitOverride()
    .configureOutput({ outputError: () => {} }); // `fail` says it
  const interrupted = interruption((error) => {
    // A reader that has seen enough, as in `| head`, is no error worth words where nothing is to be saved.
    if (!(error instanceof OutputError && error.exitCode === 141)) fail(error);
  });
  const commands = [
    trainCommand(interrupted),
    evalCommand(),
    predictCommand(),
    summaryCommand(),
    exportCommand(),
    checkCommand(),
    benchCommand(interrupted),
    reproduceCommand(interrupted),
    infoCommand(),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync();
    const { reason } = interrupted.signal;
    if (reason instanceof OutputError) throw reason; // what was still to be done has been done
  } catch (error) {
    fail(error);
  }
}

/** Says what went wrong, if anything did, and sets the exit code. */
function fail(error: unknown): void {
  process.exitCode = exitCodeOf(error);
  const helpWasShown = error instanceof CommanderError && /^commander\.(help|version)/.test(error.code);
  if (helpWasShown) return;
  const found = error instanceof Error ? error : new Error(String(error));
  const { name, message, stack } = found;
  const { emit, warn } = outputOf({ json: process.argv.includes('--json') });
  const expected = error instanceof CommanderError || error instanceof RetrogradError;
  emit({ event: 'error', name, message });
  warn(expected ? `error: ${wordsOf(found)}` : stack!);
}

/** The message; of what commander says in more than a line, the rest is its advice. */
function wordsOf(error: Error): string {
  if (!(error instanceof CommanderError)) return error.message;
  const [text, ...advice] = error.message.replace(/^error: /, '').split(/\n(?=\(Did you mean )/);
  return [text, ...advice].map(printable).join('\n');
}

function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof ArgumentError ? 2 : 1;
}

await main();
