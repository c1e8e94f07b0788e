/** Rejects options that would have no effect. */
import type { Command } from 'commander';
import { ArgumentError } from '../index.node.ts';
import { isGiven } from './remembered-options.ts';

export type Rule = readonly [flag: string, isHeeded: boolean, expected: string, found: string];

/** Throws ArgumentError for an option on the command line that nothing heeds. */
export function checkHeeded(command: Command, rules: readonly Rule[]): void {
  const broken = rules.find(([flag, isHeeded]) => !isHeeded && isGiven(command, flag));
  if (!broken) return;
  const [flag, , expected, found] = broken;
  throw new ArgumentError(`${flag}: expected ${expected}, found ${found}`);
}
