/** Finds out what a column of a table is, by its cells: numbers, or texts that are categories. */
import { showValue } from '../base/show-value.ts';
import { numberOf } from './csv-number.ts';
import { cellReader, isMissing, numberReader, type ReadCell, type TableColumn } from './table-columns.ts';

/** A column whose cells are read. */
export interface FoundColumn {
  readonly read: ReadCell;
  /** What the column is, by the cells that were read, and which category each number stands for that `read` gave. */
  end(): { readonly column: TableColumn; readonly order?: readonly number[] };
}

/** A column that is known before it is read. */
export const knownColumn = (column: TableColumn): FoundColumn => ({
  read: cellReader(column),
  end: () => ({ column }),
});

/** A column of classes whose names are known. If none of the names is a number, its cells may be indices too. */
export function classesByName(name: string, classNames: readonly string[]): FoundColumn {
  const indices = new Map(classNames.map((className, i) => [className, i]));
  const mayBeIndex = classNames.every((className) => Number.isNaN(numberOf(className)));
  const read: ReadCell = (text, refuse) => {
    const index = indices.get(text) ?? (mayBeIndex ? numberOf(text) : Number.NaN);
    return Number.isNaN(index) && !isMissing(text) ? refuse(`one of ${showValue(classNames)}`) : index;
  };
  return { read, end: () => ({ column: { name, kind: 'number' } }) };
}

/** How a column is found: `as` is given for one that the caller says is of categories. */
export interface FindOptions {
  readonly name: string;
  readonly as?: 'one-hot' | 'index';
  /** Categories at most, if the caller does not say that it is of categories. */
  readonly most: number;
}

/**
 * A column that the caller says nothing of is what its first cell is. A cell of the other kind is refused, as are texts that
 * are meant as numbers, such as `1,5` or `$7`.
 */
export function findColumn({ name, as, most }: FindOptions): FoundColumn {
  const places = new Map<string, number>();
  const readNumber = numberReader();
  let kind: TableColumn['kind'] | undefined = as && 'category';
  const declare = `name it in { categorical } if its cells are categories`;
  const readText: ReadCell = (text, refuse) => {
    if (isMissing(text)) return Number.NaN;
    const known = places.get(text);
    if (known !== undefined) return known;
    if (text.includes('\uFFFD')) refuse('text in UTF-8');
    if (as === undefined) {
      if (!/\p{L}/u.test(text))
        refuse(`${Number.isNaN(numberOf(text)) ? 'a number' : 'text, as in cells above'}; ${declare}`);
      if (places.size === most) refuse(`one of ${most} texts at most; ${declare}, or leave it out with { columns }`);
    }
    places.set(text, places.size);
    return places.size - 1;
  };
  return {
    read(text, refuse) {
      kind ??= isMissing(text) ? undefined : Number.isNaN(numberOf(text)) ? 'category' : 'number';
      if (kind === 'category') return readText(text, refuse);
      return readNumber(text, (expected) => refuse(`${expected}; ${declare}`));
    },
    end() {
      if (kind !== 'category') return { column: { name, kind: 'number' } };
      const texts = [...places.keys()];
      const categories = texts.toSorted(texts.every((text) => !Number.isNaN(numberOf(text))) ? byNumber : byText);
      const ranks = new Map(categories.map((category, rank) => [category, rank]));
      const order = texts.map((text) => ranks.get(text)!);
      return { column: { name, kind: 'category', categories, as: as ?? 'one-hot' }, order };
    },
  };
}

const byNumber = (a: string, b: string): number => Number(a) - Number(b) || byText(a, b);
const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
