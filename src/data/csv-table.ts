/** The lines and columns of a CSV file of numbers, and how samples are read from it. */
import { DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { readSpans, type Slices } from '../base/slices.ts';
import { openSlices, type Source } from './bytes.ts';
import { type CsvLines, fail, findColumns, indexLines, nextLine, placeOf } from './csv-lines.ts';
import { numberIn, textIn } from './csv-number.ts';
import { expectedOf, holderOf } from './field-numbers.ts';
import type { FieldLetter } from './fields.ts';
import type { Request, StreamedField } from './streamed.ts';

/** A column of a table: its name in the header, or its number, counted from 0. */
export type Column = string | number;

/** The columns of a file. */
export interface Header {
  readonly where: string;
  /** The names of the columns, if there is a header. */
  readonly names: readonly string[];
  /** The numbers of the columns. */
  readonly all: readonly number[];
}

/** What one pass over a file has found. */
export interface CsvTable extends Header {
  readonly lines: CsvLines;
  /** Character code. */
  readonly delimiter: number;
  /** Lines before the first sample. */
  readonly header: 0 | 1;
}

/** Finds the lines and the header. Throws DataError where there is no sample. */
export async function tableOf(source: Source, delimiter: number, header?: boolean): Promise<CsvTable> {
  const file = await openSlices(source);
  try {
    const { where } = file;
    const lines = await indexLines(file, delimiter);
    const [first] = lines.count ? await readBlocks(file, lines, [0]) : [new Uint8Array(0)];
    const places = new Uint32Array(2 * lines.columns);
    findColumns(first, 0, delimiter, places);
    const all = Array.from({ length: lines.columns }, (_, i) => i);
    const isNumeric = all.every((i) => !Number.isNaN(numberIn(first, places[2 * i], places[2 * i + 1])));
    const isHeader = header ?? !isNumeric;
    if (lines.count <= Number(isHeader))
      throw new DataError(`${where}: expected a line of numbers, found ${lines.count ? 'only a header' : 'none'}`);
    const names = all.map((i) => textIn(first, places[2 * i], places[2 * i + 1]).replaceAll('""', '"'));
    return { where, lines, delimiter, header: isHeader ? 1 : 0, names: isHeader ? names : [], all };
  } finally {
    await file.close();
  }
}

/** The numbers of columns that a caller names by `option`. Throws DataError for one that is not there. */
export function columnsOf({ where, names, all }: Header, option: string, wanted: readonly Column[]): number[] {
  const has = names.length > 0 ? `names ${showValue(names)}` : 'no names';
  const expected = `${where}: ${option}: expected a column from 0 to ${all.length - 1}, or its name`;
  if (!Array.isArray(wanted)) throw new DataError(`${expected}, in an array, found ${showValue(wanted)}`);
  return wanted.map((column) => {
    const at = typeof column === 'string' ? names.indexOf(column) : column;
    if (!all.includes(at)) throw new DataError(`${expected}; there are ${has}, found ${showValue(column)}`);
    if (at !== column && names.lastIndexOf(column as string) !== at)
      throw new DataError(`${expected} if only one has it, found ${showValue(column)}`);
    return at;
  });
}

/** Columns of the table that are the inputs, the targets or the weight of a sample. */
export interface CsvPart {
  readonly field: StreamedField;
  readonly columns: readonly number[];
}

/** Those of each field, by its letter. */
export type CsvParts = Readonly<Partial<Record<FieldLetter, CsvPart>>>;

/** Bytes of blocks that are read and parsed before others have their turn, but for one block. */
const AT_ONCE = 2 ** 20;

/** One pass. */
export async function* readTable(
  source: Source,
  table: CsvTable,
  parts: CsvParts,
  requests: Iterable<Request>,
): AsyncGenerator<void, void> {
  const { lines } = table;
  const file = await openSlices(source);
  try {
    if (file.size !== lines.size)
      throw new DataError(`${table.where}: expected ${lines.size} bytes, as when it was opened, found ${file.size}`);
    const parse = parserOf(table, parts);
    for (const request of requests) {
      for (const blocks of blocksOf(table, request.samples)) {
        const texts = await readBlocks(file, lines, [...blocks.keys()]);
        let i = 0;
        for (const places of blocks.values()) parse(texts[i++], places, request);
      }
      yield;
    }
  } finally {
    await file.close();
  }
}

/** The places of a request by the block that their sample is in, in the order of the file, about a MiB of blocks at a time. */
function* blocksOf({ lines, header }: CsvTable, samples: Uint32Array): Generator<Map<number, number[]>, void> {
  const order = Uint32Array.from(samples.keys()).sort((a, b) => samples[a] - samples[b]);
  let blocks = new Map<number, number[]>();
  let bytes = 0;
  for (const place of order) {
    const block = Math.floor((samples[place] + header) / lines.stride);
    const places = blocks.get(block);
    if (places) {
      places.push(place);
      continue;
    }
    if (bytes > AT_ONCE) {
      yield blocks;
      blocks = new Map();
      bytes = 0;
    }
    blocks.set(block, [place]);
    bytes += lines.starts[block + 1] - lines.starts[block];
  }
  yield blocks;
}

async function readBlocks(file: Slices, { starts }: CsvLines, blocks: readonly number[]): Promise<Uint8Array[]> {
  const spans = blocks.map((block) => ({ at: starts[block], into: new Uint8Array(starts[block + 1] - starts[block]) }));
  await readSpans(file, spans);
  return spans.map(({ into }) => into);
}

/** Reads the lines of a block that samples are in, which are in the order of the file, into their places of a request. */
function parserOf({ where, lines, header, names, delimiter }: CsvTable, parts: CsvParts) {
  const places = new Uint32Array(2 * lines.columns);
  const putterOf = ({ field, columns }: CsvPart) => {
    const holds = holderOf(field);
    return (block: Uint8Array, line: number, to: Uint8Array | Float32Array, at: number): void => {
      for (let i = 0; i < columns.length; i++) {
        const place = 2 * columns[i];
        const value = numberIn(block, places[place], places[place + 1]);
        if (!holds(value)) refuse(field, line, columns[i], textIn(block, places[place], places[place + 1]));
        to[at * columns.length + i] = value;
      }
    };
  };
  const refuse = (field: StreamedField, line: number, column: number, text: string): never =>
    fail(where, placeOf(line + 1, column, names), expectedOf(field), showValue(text));
  const putters = Object.entries(parts).map(([letter, part]) => [letter as FieldLetter, putterOf(part)] as const);
  return (block: Uint8Array, wanted: readonly number[], request: Request): void => {
    const { samples } = request;
    let line = Math.floor((samples[wanted[0]] + header) / lines.stride) * lines.stride;
    let start = 0;
    for (const at of wanted) {
      for (; line < samples[at] + header; line++) start = nextLine(block, start);
      const found = findColumns(block, start, delimiter, places);
      if (found !== lines.columns) fail(where, line + 1, `${lines.columns} columns, as when it was opened`, `${found}`);
      for (const [letter, put] of putters) put(block, line, request[letter]!, at);
    }
  };
}
