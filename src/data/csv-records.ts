/**
 * The records of a CSV file that is in memory (RFC 4180): lines, but for those that go on within quotes. The package csv-parse
 * finds the fields. It keeps to the rules of quotes and names the place where a file does not.
 */
import { type CsvError, type InfoRecord, parse } from 'csv-parse/browser/esm/sync';
import { RetrogradError } from '../base/errors.ts';
import { fail, LONGEST, markLengthOf, NEWLINE, QUOTE, RETURN } from './csv-lines.ts';

/** Takes the fields of a record, and the line that it begins in, counted from 1. */
export type TakeRecord = (fields: readonly string[], line: number) => void;

/** Calls `take` for each record. Throws DataError with the line for damaged quotes, a blank line and a record that is too long. */
export function readRecords(bytes: Uint8Array, where: string, delimiter: string, take: TakeRecord): void {
  if (bytes.length > 1 && (bytes[0] ^ bytes[1]) === 1 && Math.max(bytes[0], bytes[1]) === 0xff)
    fail(where, 1, 'text in UTF-8', 'UTF-16: save the file as UTF-8');
  checkLengths(bytes, where);
  /** Lines before the record, and what the parser takes them for: it counts CR LF within quotes twice. */
  let [before, counted, blank] = [0, 0, 0];
  const onRecord = (fields: string[], { lines, empty_lines }: InfoRecord): null => {
    if (empty_lines > blank) fail(where, before + 1, 'a sample', 'a blank line');
    take(fields, before + 1);
    before += lines - counted > 1 ? 1 + breaksIn(fields) : 1;
    counted = lines;
    blank = empty_lines;
    return null;
  };
  try {
    parse(bytes.subarray(markLengthOf(bytes)), {
      delimiter,
      record_delimiter: ['\n', '\r\n', '\r'],
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true, // the one who takes a record says what is wrong with their number
      on_record: onRecord,
    });
  } catch (error) {
    if (error instanceof RetrogradError) throw error;
    refuse(error as CsvError, where, before + 1);
  }
}

function refuse(error: CsvError, where: string, line: number): never {
  const { code, column } = error;
  const at = typeof column === 'number' ? `, column ${column}` : '';
  const isKnown = Object.hasOwn(trouble, code);
  if (isKnown) fail(where, `${line}${at}`, ...trouble[code]);
  throw error;
}

/** What was expected and found, by the codes of the parser. */
const trouble: Readonly<Record<string, readonly [string, string]>> = {
  CSV_QUOTE_NOT_CLOSED: ['a quote that is closed', 'an open one'],
  INVALID_OPENING_QUOTE: ['a quote before the text of a field', 'one within it'],
  CSV_INVALID_CLOSING_QUOTE: ['the end of a field after its closing quote', 'more text'],
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: ['the end of a field after its closing quote', 'more text'],
};

const breaksIn = (fields: readonly string[]): number =>
  fields.reduce((sum, field) => sum + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0);

/** A record takes memory before it is looked at, so its length is bounded beforehand. */
function checkLengths(bytes: Uint8Array, where: string): void {
  let [start, line] = [0, 1];
  let isQuoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === NEWLINE || (byte === RETURN && bytes[i + 1] !== NEWLINE)) {
      line++;
      if (!isQuoted) start = i + 1;
    }
    if (i - start >= LONGEST) fail(where, line, `a line of at most ${LONGEST} bytes`, 'a longer one');
  }
}
