/** Where the lines of a CSV file are: an index of bounded size, made in one pass over the file. */
import { DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { Slices } from '../base/slices.ts';

/** Lines of a CSV file, all of as many columns. */
export interface CsvLines {
  /** Lines, those that are blank at the end aside. */
  readonly count: number;
  readonly columns: number;
  /** Lines in a block. */
  readonly stride: number;
  /** Where each block begins, in bytes; the last one is where the last line ends. */
  readonly starts: readonly number[];
  /** Bytes of the file. */
  readonly size: number;
}

export const NEWLINE = 10;
export const RETURN = 13;
export const QUOTE = 34;

/** Bytes that are read at a time. */
const PART = 2 ** 20;
/** Bytes of a line: half a million numbers or more. What is longer has other ends of lines, or is no CSV. */
export const LONGEST = 2 ** 24;
/** Blocks at most: more would take more memory than they spare time. */
const BLOCKS = 2 ** 20;

/** Finds the lines. Throws DataError with the line where they have different numbers of columns, or one is too long. */
export async function indexLines(file: Slices, delimiter: number, blocks = BLOCKS): Promise<CsvLines> {
  const { where, size } = file;
  const start = await markLength(file);
  const index = lineIndex(where, start, blocks);
  for (let from = start; from < size; from += PART) {
    const bytes = new Uint8Array(Math.min(PART, size - from));
    await file.read(from, bytes);
    index.take(bytes, from, delimiter);
  }
  return { ...index.end(size), size };
}

function lineIndex(where: string, begin: number, blocks: number) {
  let starts: number[] = [];
  let [stride, count, columns] = [1, 0, 0];
  /** The line that is read: where it begins, its columns so far, whether a quote is open, and the byte before. */
  let line = { start: begin, columns: 1, isQuoted: false, last: 0 };
  /** The first of the blank lines just before, counted from 1. */
  let blank = 0;
  let end = begin;
  const endLine = (at: number, { start, columns: found, isQuoted, last }: typeof line): void => {
    if (at === start || (at === start + 1 && last === RETURN)) {
      blank ||= count + 1;
      return;
    }
    if (blank) fail(where, blank, 'a sample', 'a blank line');
    if (isQuoted) fail(where, count + 1, 'a quote that is closed', 'an open one');
    if (count === 0) columns = found;
    if (found !== columns) fail(where, count + 1, `${columns} columns, as in line 1`, `${found}`);
    if (count % stride === 0) starts.push(start);
    if (starts.length === blocks) {
      starts = starts.filter((_, i) => i % 2 === 0);
      stride *= 2;
    }
    count++;
    end = at;
  };
  return {
    /** The next bytes, which are at `from` in the file. */
    take(bytes: Uint8Array, from: number, delimiter: number): void {
      let { start, columns, isQuoted, last } = line;
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i];
        if (byte === delimiter) {
          if (!isQuoted) columns++;
        } else if (byte === NEWLINE) {
          endLine(from + i, { start, columns, isQuoted, last });
          start = from + i + 1;
          columns = 1;
          isQuoted = false;
        } else if (byte === QUOTE) isQuoted = !isQuoted;
        last = byte;
      }
      line = { start, columns, isQuoted, last };
      if (from + bytes.length - start <= LONGEST) return;
      fail(where, count + 1, `a line of at most ${LONGEST} bytes`, 'a longer one');
    },
    /** What was found, of a file of so many bytes. */
    end(size: number): Omit<CsvLines, 'size'> {
      if (line.start < size) endLine(size, line);
      return { count, columns, stride, starts: [...starts, end] };
    },
  };
}

async function markLength(file: Slices): Promise<number> {
  const start = new Uint8Array(Math.min(3, file.size));
  await file.read(0, start);
  return markLengthOf(start);
}

/** Bytes of the mark that says UTF-8, which some programs begin a file with. */
export const markLengthOf = (bytes: Uint8Array): number => (`${bytes.subarray(0, 3)}` === '239,187,191' ? 3 : 0);

/** Throws DataError for a line, counted from 1, or a place in it. */
export function fail(where: string, line: number | string, expected: string, found: string): never {
  throw new DataError(`${where}: line ${line}: expected ${expected}, found ${found}`);
}

/** A column of a line, counted from 0, with its name if it has one: '3, column 1 ("age")'. */
export const placeOf = (line: number, column: number, names: readonly string[]): string =>
  `${line}, column ${column}${names.length > 0 ? ` (${showValue(names[column])})` : ''}`;

/** Where the line after the one from `start` on begins, in some bytes. */
export function nextLine(bytes: Uint8Array, start: number): number {
  const newline = bytes.indexOf(NEWLINE, start);
  return newline < 0 ? bytes.length : newline + 1;
}

/**
 * Writes where each column of the line from `start` on begins and ends, its quotes and the blanks around it left out, `[columns][2]`.
 * Returns the number of columns, for which there may be no room in `places`.
 */
export function findColumns(bytes: Uint8Array, start: number, delimiter: number, places: Uint32Array): number {
  let column = 0;
  let from = start;
  let isQuoted = false;
  for (let i = start; ; i++) {
    const byte = i < bytes.length ? bytes[i] : NEWLINE;
    if (byte === QUOTE) isQuoted = !isQuoted;
    if (byte !== NEWLINE && (byte !== delimiter || isQuoted)) continue;
    let to = i;
    while (from < to && isBlank(bytes[from])) from++;
    while (from < to && isBlank(bytes[to - 1])) to--;
    if (to - from > 1 && bytes[from] === QUOTE && bytes[to - 1] === QUOTE) {
      from++;
      to--;
    }
    places[2 * column] = from;
    places[2 * column + 1] = to;
    column++;
    if (byte === NEWLINE) return column;
    from = i + 1;
  }
}

const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === RETURN;
