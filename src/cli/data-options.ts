/** The flags that say what the data is, and how the samples of a table or of pictures are made. */
import { InvalidArgumentError } from 'commander';
import type { Column, CsvOptions } from '../data.node.ts';
import type { Row } from './add-options.ts';
import type { Rule } from './heeded.ts';
import { oneOf, share, text } from './parse.ts';

export interface DataFlags {
  data?: string;
  target?: Column[];
  columns?: Column[];
  categorical?: Column[];
  missing?: CsvOptions['missing'];
  delimiter?: string;
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
    'mnist, fashion-mnist, digits (generated), a CSV file, or a folder or URL with the four IDX files ' +
      '(default: mnist, or digits if mnist is unavailable)',
    text,
  ],
  [
    '--target <columns>',
    'columns of a CSV file to predict, by name or number: texts are classes, numbers are values',
    columns,
  ],
  ['--columns <columns>', 'columns of a CSV file that are the inputs (default: all but the target)', columns],
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
  ['--test <share>', `share of a CSV file to test on, drawn by the seed (default: ${usualTest})`, share],
];

/** 'a,3' -> ['a', 3]: a number counts columns from 0. */
function columns(found: string): Column[] {
  const names = found.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw new InvalidArgumentError('Expected names or numbers of columns such as species or 0,3.');
  return names.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
}

function delimiter(found: string): string {
  if (found === 'tab') return '\t';
  if ([...found].length === 1) return found;
  throw new InvalidArgumentError('Expected one character, or tab.');
}

/** A path or URL of a table. */
export const isTable = (data: string | undefined): data is string => /\.(csv|tsv)(\.gz)?$/i.test(data ?? '');

/** Whether the first layer standardizes. */
export const standardizes = ({ standardize, data }: DataFlags): boolean =>
  (standardize ?? (isTable(data) ? 'inputs' : 'none')) === 'inputs';

/** What the data leaves without effect. */
export const dataRules = ({ data }: DataFlags): Rule[] =>
  ['--target', '--columns', '--categorical', '--missing', '--delimiter', '--test'].map((flag) => [
    flag,
    isTable(data),
    'with a CSV file as --data',
    data === undefined ? 'it without --data' : `--data ${data}`,
  ]);
