/** A visitor's own data as data sets. The library reads them. */
import { DataError, type Dataset } from 'retrograd';
import { csv, type DatasetPair, fromArrays, images, split } from 'retrograd/data';
import { SIDE } from '../protocol.ts';
import type { OwnData, OwnSettings, PicturesData, SymbolsData, TableData } from './own-protocol.ts';

/** Samples to train on and samples held out. Throws DataError naming file, line and column. */
export function readOwn(given: OwnData, settings: OwnSettings): Promise<DatasetPair> {
  if (given.kind === 'table') return readTable(given, settings);
  return given.kind === 'pictures' ? readPictures(given, settings) : readSymbols(given, settings);
}

async function readTable(given: TableData, { heldOut, seed }: OwnSettings): Promise<DatasetPair> {
  const { file, delimiter, target, isClass, inputs, categorical, missing } = given;
  const data = await csv(file, {
    target,
    columns: inputs,
    categorical: isClass ? [...categorical, target] : categorical,
    delimiter,
    missing,
    test: heldOut / 100,
    seed,
  });
  if (isClass) demandClasses(data.train);
  return data;
}

/** A column of one text has no classes for the library. Throws DataError where there is nothing to tell apart. */
function demandClasses({ name, targets, classNames }: Dataset): void {
  if (targets.kind === 'labels' && targets.size > 1) return;
  throw new DataError(`${name}: expected two classes or more in the target, found one: ${classNames?.[0] ?? 0}`);
}

/** Of each class, one in five for example. */
function readPictures({ classes, side, channels }: PicturesData, { heldOut, seed }: OwnSettings): Promise<DatasetPair> {
  return images(classes as Record<string, File[]>, { size: side, channels, test: heldOut / 100, seed });
}

async function readSymbols({ symbols }: SymbolsData, { heldOut, seed }: OwnSettings): Promise<DatasetPair> {
  const drawings = symbols.flatMap((symbol) => symbol.drawings);
  const x = new Uint8Array(drawings.length * SIDE * SIDE);
  for (const [i, drawing] of drawings.entries())
    x.set(
      drawing.map((ink) => Math.round(255 * ink)),
      i * SIDE * SIDE,
    );
  const all = fromArrays({
    x,
    y: Uint8Array.from(symbols.flatMap((symbol, i) => symbol.drawings.map(() => i))),
    shape: [1, SIDE, SIDE],
    classNames: symbols.map(({ name }) => name),
    scale: 1 / 255,
    name: 'symbols',
  });
  return split(all, { test: heldOut / 100, seed });
}
