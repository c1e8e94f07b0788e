/** Adds flags to a command, a row each. */
import { type Command, Option } from 'commander';
import { remember } from './remembered-options.ts';

/** A flag, what it is for, the parser of its value if it has one and, where there is one, its default as text. */
export type Row = readonly [flag: string, description: string, parse?: (text: string) => unknown, byDefault?: string];

export function addOptions(command: Command, group: string, rows: readonly Row[]): Command {
  for (const [flag, description, parse, byDefault] of rows) {
    const option = new Option(flag, description).helpGroup(group);
    if (parse) option.argParser(parse);
    if (parse && byDefault !== undefined) option.default(parse(byDefault), byDefault);
    command.addOption(option);
    remember(command, option, byDefault);
  }
  return command;
}
