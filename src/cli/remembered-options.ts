/** The options of a command as text, so that a file can store them and a later command can continue with them. */
import type { Command, Option } from 'commander';
import { showValue } from '../base/show-value.ts';
import { ArgumentError, DataError } from '../index.node.ts';

export type Texts = Readonly<Record<string, string>>;

/** Defaults, and what was given in their place, by the name of the option. */
const texts = new WeakMap<Command, Map<string, string>>();

/**
 * All that a file may say: what the net is, and what its training computes. None of it names a path, an address, a device or
 * anything else that a command would read, write or run; anybody may have written the file.
 */
const storable: readonly string[] = [
  ...[
    '--target',
    '--sample-weights',
    '--columns',
    '--categorical',
    '--missing',
    '--delimiter',
    '--size',
    '--channels',
    '--test',
    '--standardize',
  ],
  ...[
    '--seed',
    '--batch',
    '--model',
    '--hidden',
    '--activation',
    '--batch-norm',
    '--dropout',
    '--init',
    '--loss',
    '--label-smoothing',
  ],
  ...['--optimizer', '--learning-rate', '--momentum', '--weight-decay', '--decayed'],
  ...['--epochs', '--augment', '--schedule', '--warm-up', '--clip', '--accumulate', '--average', '--freeze'],
  ...['--validation', '--patience', '--metric', '--keep-best', '--on-non-finite'],
];

/** Of a flag that takes no value. */
const SET = 'true';

/** From now on what is given of this option is remembered. Throws ArgumentError where that happens twice. */
export function remember(command: Command, option: Option, byDefault?: string): void {
  const of = texts.get(command) ?? new Map<string, string>();
  texts.set(command, of);
  const name = option.long!;
  if (byDefault !== undefined) of.set(name, byDefault);
  let times = 0;
  command.on(`option:${option.name()}`, (text: string | null) => {
    if (++times > 1) throw new ArgumentError(`${name}: expected once, found twice`);
    of.set(name, text ?? SET);
  });
}

export const remembered = (command: Command): Texts =>
  Object.fromEntries([...texts.get(command)!].filter(([name]) => storable.includes(name)));

/** Whether it stands on the command line. */
export function isGiven(command: Command, flag: string): boolean {
  const option = command.options.find(({ long }) => long === flag);
  return option !== undefined && command.getOptionValueSource(option.attributeName()) === 'cli';
}

/** Sets the options that were not given on the command line. Throws DataError for a text that is no value of its option. */
export function recall(command: Command, found: Texts, where: string): void {
  for (const option of command.options) {
    const [name, text] = [option.attributeName(), found[option.long!]];
    if (text === undefined || !storable.includes(option.long!) || isGiven(command, option.long!)) continue;
    command.setOptionValueWithSource(name, parsed(option, text, where), where);
    texts.get(command)!.set(option.long!, text);
  }
}

function parsed({ long, parseArg }: Option, text: string, where: string): unknown {
  try {
    if (parseArg) return parseArg(text, undefined);
    if (text === SET) return true;
    throw new Error(`Expected ${SET}.`);
  } catch (cause) {
    throw new DataError(`${where}: ${long}: ${(cause as Error).message} Found ${showValue(text)}`, { cause });
  }
}
