/** What a run is called beside others: by what differs between them, 'Adam 0.005, 32 sigmoid'. */
import { datasets, losses, optimizers } from '../../config.ts';

/** Every entry of a configuration as a text, as `write` of config.ts has them. */
export type Settings = Readonly<Record<string, string>>;

const titleIn = (table: Readonly<Record<string, string | { readonly title: string }>>, value: string): string => {
  const found = Object.hasOwn(table, value) ? table[value] : value;
  return typeof found === 'string' ? found : found.title;
};

/** '100:relu,50:relu' -> '100 relu → 50 relu' */
const layers = (value: string): string => value.replaceAll(':', ' ').replaceAll(',', ' → ') || 'no hidden layer';

const words: Readonly<Record<string, (value: string) => string>> = {
  data: (value) => titleIn(datasets, value),
  loss: (value) => titleIn(losses, value),
  optimizer: (value) => titleIn(optimizers, value),
  hidden: layers,
};

/** An entry as it stands in a column of its own. */
export const wordsOf = (key: string, value: string): string => words[key]?.(value) ?? value;

/** What stands together in a name, in the order of a name; every other entry is a part of its own, after its key. */
const parts: readonly (readonly string[])[] = [['optimizer', 'learningRate'], ['hidden'], ['data'], ['loss']];
const together = parts.flat();

/** 'learningRate' -> 'learning rate' */
export const titleOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const textOf = (keys: readonly string[], settings: Settings): string =>
  keys.flatMap((key) => (key in settings ? wordsOf(key, settings[key]) : [])).join(' ');

/** A name for each. Where nothing differs, runs are counted: 'Adam 0.005, 32 sigmoid (2)'. */
export function namesOf(all: readonly Settings[]): string[] {
  const keys = [...new Set(all.flatMap(Object.keys))];
  const differing = keys.filter((key) => new Set(all.map((settings) => settings[key])).size > 1);
  const named = parts.filter((part) => part.some((key) => differing.includes(key)));
  const others = differing.filter((key) => !together.includes(key));
  const shown = named.length + others.length > 0 ? named : parts.slice(0, 2);
  const names = all.map((settings) =>
    [
      ...shown.map((part) => textOf(part, settings)),
      ...others.map((key) => `${titleOf(key)} ${settings[key] ?? 'none'}`),
    ].join(', '),
  );
  const numberOf = (i: number): number => names.slice(0, i + 1).filter((name) => name === names[i]).length;
  const isAlone = (name: string): boolean => names.filter((other) => other === name).length === 1;
  return names.map((name, i) => (isAlone(name) ? name : `${name} (${numberOf(i)})`));
}
