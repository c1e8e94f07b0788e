/** Files of other nets: their tensors under the keys of this one, and those of them that fit. */
import { keysOf } from '../../base/arguments.ts';
import { ArgumentError, DataError } from '../../base/errors.ts';
import { indented, showValue } from '../../base/show-value.ts';
import { type Shape, sameShape, show, type Tensor } from '../../base/tensor.ts';
import { starsIn } from '../../nn/parameter-patterns.ts';
import type { Expected } from '../../saved/differences.ts';

/** What the keys of a file are called here. See {@link LoadOptions}. */
export type Rename = Readonly<Record<string, string>> | ((key: string) => string | undefined);

/** What {@link Trainer.load} did, by keys. */
export interface Loaded {
  /** Parameters that have the values of the file now. */
  readonly taken: readonly string[];
  /** Parameters of the net that the file has nothing for. They are as they were. */
  readonly missing: readonly string[];
  /** Tensors of the file that the net has no parameter for. One of another shape is here, and its parameter in `missing`. */
  readonly unexpected: readonly string[];
  /**
   * Those of `taken` with numbers that 32-bit floats do not hold, such as most 64-bit floats and integers beyond 2²⁴. They have
   * the nearest that these hold.
   */
  readonly rounded: readonly string[];
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Throws ArgumentError for what is neither names by name nor a function. */
export function checkRename(rename: unknown): void {
  if (rename === undefined || typeof rename === 'function') return;
  const keys = keysOf(rename);
  if (keys?.every((key) => typeof (rename as Record<string, unknown>)[key] === 'string')) return;
  const example = "{ 'fc1.weight': 'layers.0.weight' }";
  throw new ArgumentError(
    `load: rename must be names by name, as in ${example}, or a function, found ${showValue(rename)}`,
  );
}

/** Throws ArgumentError for a name that the file does not have, and DataError for two tensors that get one name. */
export function renamed(tensors: Tensors, rename: Rename, where: string): Tensors {
  const keys = Object.keys(tensors);
  const nameOf = typeof rename === 'function' ? rename : byTable(rename, keys, where);
  const found: Record<string, Tensor> = {};
  for (const key of keys) {
    const name = nameOf(key);
    if (name === undefined) continue;
    if (typeof name !== 'string') {
      throw new ArgumentError(
        `load: rename must return a text or nothing, found ${showValue(name)} for ${showValue(key)}`,
      );
    }
    if (Object.hasOwn(found, name))
      throw new DataError(`${where}: rename gives two tensors the name ${showValue(name)}`);
    found[name] = tensors[key];
  }
  return found;
}

/** The first pattern that matches a key counts; what its stars stand for takes the place of those in the new name. */
function byTable(rename: Readonly<Record<string, string>>, keys: readonly string[], where: string) {
  const patterns = Object.entries(rename);
  const [idle] = patterns.find(([pattern]) => !keys.some((key) => starsIn(key, pattern))) ?? [];
  if (idle !== undefined) {
    const what = `load: rename: no tensor of ${where} is called ${showValue(idle)}; there are:`;
    throw new ArgumentError([what, ...indented(keys)]);
  }
  return (key: string): string => {
    for (const [pattern, name] of patterns) {
      const stars = starsIn(key, pattern);
      if (stars) return stars.reduce((text, star) => text.replace('*', () => star), name);
    }
    return key;
  };
}

const COUNT = /num_batches_tracked$/;

/**
 * The tensors without the counts of batches that PyTorch keeps beside running statistics, and that nothing here depends on.
 * Those that a net has no running statistics for are left, as other tensors that it has no place for.
 */
export function withoutCounts(tensors: Tensors, expected: readonly Expected[]): Tensors {
  const counts = new Set(expected.map(({ key }) => key.replace(/running_mean$/, 'num_batches_tracked')));
  return Object.fromEntries(Object.entries(tensors).filter(([key]) => !(COUNT.test(key) && counts.has(key))));
}

/** The tensors that fit a parameter by key and shape. Throws DataError where none does. */
export function fitting(tensors: Tensors, expected: readonly Expected[], where: string) {
  const isFit = ({ key, shape }: Expected): boolean =>
    Object.hasOwn(tensors, key) && sameShape(tensors[key].shape, shape);
  const taken = expected.filter(isFit).map(({ key }) => key);
  if (taken.length === 0) {
    const shapes = ([key, { shape }]: [string, { readonly shape: Shape }]) => `${key} ${show(shape)}`;
    const [here, there] = [expected.map((of): [string, Expected] => [of.key, of]), Object.entries(tensors)];
    const lists = ['there are:', ...indented(there.map(shapes)), 'The net has:', ...indented(here.map(shapes))];
    const what = `${where}: no tensor fits this net by name and shape, and nothing was changed; ${lists[0]}`;
    throw new DataError([what, ...lists.slice(1)]);
  }
  const missing = expected.map(({ key }) => key).filter((key) => !taken.includes(key));
  const unexpected = Object.keys(tensors).filter((key) => !taken.includes(key));
  return {
    values: Object.fromEntries(taken.map((key) => [key, tensors[key]])),
    loaded: { taken, missing, unexpected },
  };
}
