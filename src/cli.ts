#!/usr/bin/env node
/** The command `retrograd`. Exit codes: 0, 1 (failed), 2 (bad arguments), 130 (Ctrl-C), 143 (SIGTERM). */
import { Command, CommanderError } from 'commander';
import { benchCommand } from './cli/bench.ts';
import { checkCommand } from './cli/check.ts';
import { evalCommand } from './cli/eval.ts';
import { infoCommand } from './cli/info.ts';
import { InterruptedError, interruption } from './cli/interrupt.ts';
import { outputOf } from './cli/output.ts';
import { reproduceCommand } from './cli/reproduce.ts';
import { trainCommand } from './cli/train.ts';
import { version } from './cli/version.ts';
import { ArgumentError, RetrogradError } from './index.node.ts';

const help = `
Examples:
  retrograd train --data digits --epochs 3
  retrograd train --help

Exit codes: 0, 1 (failed), 2 (bad arguments), 130 (Ctrl-C), 143 (SIGTERM).`;

async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', leave);
  const program = new Command('retrograd')
    .description('Trains neural networks by backpropagation on the GPU, through WebGPU.')
    .version(version)
    .addHelpText('after', help)
    .exitOverride()
    .configureOutput({ outputError: () => {} }); // `fail` says it
  const interrupted = interruption(fail);
  const commands = [
    trainCommand(interrupted),
    evalCommand(),
    checkCommand(),
    benchCommand(interrupted.signal),
    reproduceCommand(interrupted.signal),
    infoCommand(),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync();
  } catch (error) {
    fail(error);
  }
}

/** Says what went wrong, if anything did, and sets the exit code. */
function fail(error: unknown): void {
  process.exitCode = exitCodeOf(error);
  const helpWasShown = error instanceof CommanderError && /^commander\.(help|version)/.test(error.code);
  if (helpWasShown) return;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const { emit, warn } = outputOf({ json: process.argv.includes('--json') });
  const expected = error instanceof CommanderError || error instanceof RetrogradError;
  emit({ event: 'error', name, message });
  warn(expected ? `error: ${message.replace(/^error: /, '')}` : stack!);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof ArgumentError ? 2 : 1;
}

/** A reader that has seen enough, as in `| head`, is no error worth words; the code is that of a broken pipe. */
function leave(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
}

await main();
