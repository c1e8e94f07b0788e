/** Learning curves as text: a line per epoch, as CSV or as JSON lines; and a file that grows by a line as training goes on. */
import { checkKeys, isList, keysOf, member } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { isObject, parseJson } from '../base/json.ts';
import { shorten, showValue } from '../base/show-value.ts';
import { fileAt } from '../data/bytes.ts';
import type { EpochResult } from './fit-options.ts';

/** `'csv'`: a header, then a line of numbers per epoch. `'jsonl'`: a JSON object per epoch, with all that is in its result. */
export type LogFormat = 'csv' | 'jsonl';

/** Options of {@link logTo} and {@link formatLog}. */
export interface LogOptions {
  /** Epochs of the net before the first one that is logged, such as {@link Trainer.epochs}. Default: 0. */
  after?: number;
}

/** Options of {@link logTo}. */
export interface LogToOptions extends LogOptions {
  /** Default: by the ending of the path, `.csv`, `.jsonl` or `.ndjson`. */
  format?: LogFormat;
}

/**
 * Formats the results of a fit as text, with a line per epoch.
 *
 * CSV has a column for each number, named by its path in an {@link EpochResult}: `epoch`, `trainLoss`, `validation.loss`,
 * `validation.metrics.f1`, `seconds`. Lists such as a confusion matrix are left out. JSON lines have everything.
 *
 * @param history What {@link Trainer.fit} resolves with.
 * @throws {ArgumentError} For something else, or an unknown format or option.
 */
export function formatLog(history: readonly EpochResult[], format: LogFormat, options: LogOptions = {}): string {
  checkKeys('formatLog', options, ['after']);
  if (!isHistory(history)) {
    throw new ArgumentError(`formatLog: expected what fit resolves with, found ${showValue(history)}`);
  }
  const { header, line } = writers[formatFrom('formatLog', format)];
  const after = afterIn('formatLog', options);
  const results = history.map((result) => numbered(result, after));
  const [first] = results;
  return first ? `${header(first)}${results.map((result) => line(result, header(first))).join('')}` : '';
}

/**
 * Logs a fit to a file, line by line: give what it returns as `onEpoch`, or call it from there.
 *
 * It starts a new file. To go on with one, after a run that was interrupted, give the epochs that the net has been trained for:
 * `logTo('run.csv', { after: net.epochs })` keeps the lines up to that epoch, drops later ones and a half line at the end, and
 * numbers epochs on from there. Each epoch is written in one piece as it ends.
 *
 * @param path A path or a file URL; Node only.
 * @throws {ArgumentError} For an invalid option, an ending that names no format, or in a browser: use {@link formatLog} there.
 * @throws {DataError} From what it returns, for a file that cannot be written, or that has other columns.
 */
export function logTo(path: string | URL, options: LogToOptions = {}): (result: EpochResult) => Promise<void> {
  checkKeys('logTo', options, ['after', 'format']);
  const { files, name } = fileAt(path, 'logTo: expected a path');
  const { header, line, epochOf } = writers[formatFrom('logTo', options.format ?? endingOf(name))];
  let [before, last] = [afterIn('logTo', options), 0];
  let head: string | undefined;
  let turn: Promise<void> = Promise.resolve();

  /** What a file has that goes on: its header, and the lines up to the epoch. */
  const kept = async (expected: string): Promise<string> => {
    const bytes = before > 0 ? await files.read(name) : undefined;
    const lines: string[] = new TextDecoder().decode(bytes).match(/.*\n/g) ?? [];
    if (lines.length === 0) return expected;
    if (expected && lines[0] !== expected) {
      const found = shorten(lines[0].trimEnd());
      throw new DataError(`${name}: expected the columns ${expected.trimEnd()}, found ${found}; log to another file`);
    }
    const rows = lines.slice(expected ? 1 : 0);
    return `${expected}${rows.filter((row) => epochOf(row, expected) <= before).join('')}`;
  };
  const write = async (result: EpochResult): Promise<void> => {
    if (head === undefined) {
      const expected = header(result);
      await files.write(name, new TextEncoder().encode(await kept(expected)));
      head = expected;
    }
    await files.append(name, line(result, head));
  };
  return (result) => {
    // Another fit counts from 1 again.
    if (result.epoch <= last) before += last;
    last = result.epoch;
    const one = numbered(result, before);
    turn = turn.catch(() => {}).then(() => write(one));
    return turn;
  };
}

function isHistory(value: unknown): boolean {
  if (!isList(value)) return false;
  for (const result of value) if (!keysOf(result) || typeof member(result, 'epoch') !== 'number') return false;
  return true;
}

interface Writer {
  /** The first line, if the format has one. */
  header(result: object): string;
  line(result: object, header: string): string;
  /** The epoch of a line; NaN of one that is none. */
  epochOf(line: string, header: string): number;
}

const columnsIn = (header: string): string[] => header.trimEnd().split(',');

const writers: Record<LogFormat, Writer> = {
  csv: {
    header: (result) => `${[...numbersIn(result).keys()].join(',')}\n`,
    line(result, header) {
      const [numbers, columns] = [numbersIn(result), columnsIn(header)];
      const other = [...numbers.keys()].find((name) => !columns.includes(name));
      if (other) throw new DataError(`log: ${other} is no column of ${columns.join(',')}; log to another file`);
      return `${columns.map((name) => numbers.get(name) ?? '').join(',')}\n`;
    },
    epochOf: (line, header) => Number(line.split(',')[columnsIn(header).indexOf('epoch')] || Number.NaN),
  },
  jsonl: {
    header: () => '',
    line: (result) => `${JSON.stringify(result)}\n`,
    epochOf: (line) => Number(member(parseJson(line), 'epoch') ?? Number.NaN),
  },
};

/** 'validation.loss' -> 0.1, for every number in nested objects. */
function numbersIn(value: object, path = ''): Map<string, number> {
  return new Map(
    Object.entries(value).flatMap(([key, item]): [string, number][] => {
      if (typeof item === 'number') return [[`${path}${key}`, item]];
      return isObject(item) ? [...numbersIn(item, `${path}${key}.`)] : [];
    }),
  );
}

/** With epochs counted over all fits of the net. */
const numbered = (result: EpochResult, after: number): EpochResult => ({
  ...result,
  epoch: after + result.epoch,
  ...(result.best !== undefined && { best: after + result.best }),
});

function afterIn(where: string, { after = 0 }: LogOptions): number {
  if (Number.isSafeInteger(after) && after >= 0) return after;
  throw new ArgumentError(`${where}: after must be an integer ≥ 0, found ${showValue(after)}`);
}

const endings: Readonly<Record<string, LogFormat>> = { csv: 'csv', jsonl: 'jsonl', ndjson: 'jsonl' };
const endingOf = (name: string): unknown => endings[/\.(\w+)$/.exec(name)?.[1].toLowerCase() ?? ''] ?? name;

function formatFrom(where: string, format: unknown): LogFormat {
  if (format === 'csv' || format === 'jsonl') return format;
  throw new ArgumentError(
    `${where}: expected the format 'csv' or 'jsonl', or a path that ends so, found ${showValue(format)}`,
  );
}
