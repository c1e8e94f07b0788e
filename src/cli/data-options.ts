/** The flags that say what the data is, and how the samples of a table or of pictures are made. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Column, CsvOptions } from '../data.node.ts';
import type { Row } from './add-options.ts';
import { isFolder } from './files.ts';
import type { Rule } from './heeded.ts';
import { count, oneOf, share, text } from './parse.ts';

export interface DataFlags {
  data?: string;
  target?: Column[];
  sampleWeights?: Column;
  columns?: Column[];
  categorical?: Column[];
  missing?: CsvOptions['missing'];
  delimiter?: string;
  /** Height and width of pictures. */
  size?: number | readonly [number, number];
  channels?: 1 | 3;
  /** Share of the samples of a table or of pictures to test on. */
  test?: number;
  standardize?: keyof typeof standardized;
  seed: number;
}

/** The share that is tested on if none is given. */
export const usualTest = 0.2;

const standardized = {
  inputs: 'mean 0 and deviation 1, by those of the training data, in the first layer',
  none: 'as they are',
};

const missing: Record<NonNullable<CsvOptions['missing']>, unknown> = { error: true, mean: true, drop: true };

export const dataRows: readonly Row[] = [
  [
    '--data <name|path>',
    'mnist, fashion-mnist, digits (generated), a CSV file, a folder of pictures with a folder for each class, or a folder or URL ' +
      'with the four IDX files ' +
      '(default: mnist, or digits if mnist is unavailable)',
    text,
  ],
  [
    '--target <columns>',
    'columns of a CSV file to predict, by name or number: texts are classes, numbers are values',
    columns,
  ],
  [
    '--sample-weights <column>',
    'column of a CSV file with a factor for the loss of each sample, which is no input then',
    column,
  ],
  [
    '--columns <columns>',
    'columns of a CSV file that are the inputs (default: all but the target and the weights)',
    columns,
  ],
  [
    '--categorical <columns>',
    'columns of a CSV file whose numbers are categories too (default: the columns of texts)',
    columns,
  ],
  [
    '--missing <what>',
    'missing cells of a CSV file: error, mean (fill them) or drop (leave out the row) (default: error)',
    oneOf(missing),
  ],
  [
    '--delimiter <character>',
    "what separates the columns of a CSV file, or tab (default: ',', or tab for .tsv)",
    delimiter,
  ],
  [
    '--standardize <what>',
    `${Object.entries(standardized)
      .map((entry) => entry.join(': '))
      .join('; ')} (default: inputs for a CSV file, else none)`,
    oneOf(standardized),
  ],
  ['--size <pixels>', 'height and width of pictures, which are resized: 32 or 24x32 (default: their own)', imageSize],
  ['--channels <n>', 'channels of pictures: 1 for grey, 3 for colour (default: 3)', channels],
  ['--test <share>', `share of a CSV file or of pictures to test on, drawn by the seed (default: ${usualTest})`, share],
];

/** 'a,3' -> ['a', 3]: a number counts columns from 0. */
function columns(found: string): Column[] {
  const names = found.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw new InvalidArgumentError('Expected names or numbers of columns such as species or 0,3.');
  return names.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
}

function column(found: string): Column {
  const [first, ...others] = columns(found);
  if (others.length === 0) return first;
  throw new InvalidArgumentError('Expected the name or the number of one column.');
}

export function delimiter(found: string): string {
  if (found === 'tab') return '\t';
  if ([...found].length === 1) return found;
  throw new InvalidArgumentError('Expected one character, or tab.');
}

/** '32' -> 32, '24x32' -> [24, 32] */
function imageSize(found: string): number | readonly [number, number] {
  try {
    const sides = found.split('x').map(count);
    if (sides.length === 1) return sides[0];
    if (sides.length === 2) return [sides[0], sides[1]];
  } catch {}
  throw new InvalidArgumentError('Expected pixels such as 32, or height and width such as 24x32.');
}

function channels(found: string): 1 | 3 {
  if (found === '1' || found === '3') return found === '1' ? 1 : 3;
  throw new InvalidArgumentError('Expected 1 or 3.');
}

/** Whether a path is a folder of pictures in folders, one for each class: one with folders, and without IDX files. */
export function isPictures(data: string | undefined): data is string {
  if (data === undefined || !isFolder(data)) return false;
  return readdirSync(data, { withFileTypes: true }).some((entry) => entry.isDirectory()) && !holds(data, isIdx);
}

/** Whether a folder has such a file, or one of the folders in it, so many levels deep. */
function holds(folder: string, isWanted: (name: string) => boolean, depth = 3): boolean {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.some((entry) => !entry.isDirectory() && isWanted(entry.name))) return true;
  const folders = depth > 0 ? entries.filter((entry) => entry.isDirectory()) : [];
  return folders.some(({ name }) => holds(join(folder, name), isWanted, depth - 1));
}

/** The name of an IDX file. */
export const isIdx = (name: string): boolean => /idx\d-ubyte(\.gz)?$/i.test(name);

/** The name of a picture of a kind that is read. */
export const isPicture = (name: string): boolean => /\.(png|jpe?g)$/i.test(name);

/** A path or URL of a table. */
export const isTable = (data: string | undefined): data is string => /\.(csv|tsv)(\.gz)?$/i.test(data ?? '');

/** What separates the columns of a table if nothing is said. */
export const delimiterOf = (path: string): string => (/\.tsv(\.gz)?$/i.test(path) ? '\t' : ',');

/** Whether the first layer standardizes. */
export const standardizes = ({ standardize, data }: DataFlags): boolean =>
  (standardize ?? (isTable(data) ? 'inputs' : 'none')) === 'inputs';

/** What the data leaves without effect. */
export function dataRules({ data }: DataFlags): Rule[] {
  const found = data === undefined ? 'it without --data' : `--data ${data}`;
  const [table, pictures] = [isTable(data), isPictures(data)];
  const rules = (flags: string[], isHeeded: boolean, expected: string) =>
    flags.map((flag): Rule => [flag, isHeeded, `with ${expected} as --data`, found]);
  return [
    ...rules(
      ['--target', '--sample-weights', '--columns', '--categorical', '--missing', '--delimiter'],
      table,
      'a CSV file',
    ),
    ...rules(['--size', '--channels'], pictures, 'a folder of pictures'),
    ...rules(['--test'], table || pictures, 'a CSV file or a folder of pictures'),
  ];
}
