/** What was typed into a field, as a number or as the reason why it is none. */
import { integer } from '../shared/numbers.ts';

export interface Limits {
  readonly least: number;
  readonly most: number;
}

export type Read = { readonly value: number } | { readonly message: string };

export function read(text: string, { least, most }: Limits, whole: boolean): Read {
  // Half of the world writes 0,01.
  const value = Number(text.trim().replace(/^(\d*),(\d+)$/, '$1.$2') || Number.NaN);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return { value };
  return { message: `${whole ? 'A whole number' : 'A number'} from ${integer(least)} to ${integer(most)}.` };
}
