/** What the numbers of a data set mean: names of its classes, and the columns that became its inputs. */
import { isList } from '../base/arguments.ts';
import { DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { Dataset } from './dataset.ts';

/** What a data set may say beside its numbers. Data sets that are made of it say the same. */
export type Meaning = Pick<Dataset, 'classNames' | 'columns'>;

/** The members of a meaning that are there. */
export const meaningOf = ({ classNames, columns }: Meaning): Meaning => ({
  ...(classNames !== undefined && { classNames }),
  ...(columns !== undefined && { columns }),
});

/** A copy that stays as it is. Throws DataError for names that are none, or not one for each of `size` classes or outputs. */
export function checkedMeaning({ classNames, columns }: Meaning, size: number, what: string): Meaning {
  if (classNames !== undefined) checkClassNames(classNames, size, `${what}.classNames`);
  if (columns !== undefined && !isList(columns))
    throw new DataError(`${what}.columns: expected a list of columns, found ${showValue(columns)}`);
  return meaningOf({
    classNames: classNames && Object.freeze([...classNames]),
    columns: columns && Object.freeze([...columns]),
  });
}

function checkClassNames(names: readonly unknown[], size: number, what: string): void {
  if (!isList(names)) throw new DataError(`${what}: expected a list of names, found ${showValue(names)}`);
  if (names.length !== size)
    throw new DataError(`${what}: expected ${size} names, one for each class or output, found ${names.length}`);
  const places = new Map<unknown, number>();
  for (let i = 0; i < size; i++) {
    const name = names[i];
    if (typeof name !== 'string') throw new DataError(`${what}[${i}]: expected a string, found ${showValue(name)}`);
    const before = places.get(name);
    if (before !== undefined)
      throw new DataError(`${what}[${i}]: expected a name of its own, found ${showValue(name)} as in [${before}]`);
    places.set(name, i);
  }
}
