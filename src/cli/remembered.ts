/** The options of a command as text, so that a file can remember them and a later command go on with the same. */
import type { Command } from 'commander';
import { DataError } from '../index.node.ts';

export type Texts = Readonly<Record<string, string>>;

/** Defaults, and what was given in their place, by the name of the option. */
const texts = new WeakMap<Command, Map<string, string>>();

/** These say how and where a run is made, and not what it computes. */
const passing = [
  ...['--device', '--check', '--tune', '--target-accuracy', '--patience', '--metric'],
  ...['--save', '--save-every', '--resume'],
];

/** The parser, which from now on remembers what it parsed. */
export function remember<T>(command: Command, name: string, parse: (text: string) => T, byDefault?: string) {
  const of = texts.get(command) ?? new Map<string, string>();
  texts.set(command, of);
  if (byDefault !== undefined) of.set(name, byDefault);
  return (text: string): T => {
    const value = parse(text);
    of.set(name, text);
    return value;
  };
}

export const remembered = (command: Command): Texts =>
  Object.fromEntries([...texts.get(command)!].filter(([name]) => !passing.includes(name)));

/** Sets the options that were not given on the command line. Throws DataError for a text that is no value of its option. */
export function recall(command: Command, found: Texts, where: string): void {
  for (const option of command.options) {
    const [name, text] = [option.attributeName(), found[option.long!]];
    if (text === undefined || command.getOptionValueSource(name) === 'cli') continue;
    try {
      command.setOptionValueWithSource(name, option.parseArg!(text, undefined), where);
    } catch (cause) {
      throw new DataError(`${where}: ${option.long}: ${(cause as Error).message} found ${text}`, { cause });
    }
  }
}
