/** An embedding: each whole number of a sample becomes a row of a trained table. */
import { checkCount, checkKeys } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import { append } from '../../graph/graph.ts';
import { embedding as embeddingOp } from '../../ops/embedding.ts';
import { MOST_INDICES } from '../../ops/sort-indices.ts';
import { type Initialiser, normal, withZeroRow } from '../initialisers.ts';
import { linear } from './activation.ts';
import { type Applied, checkLayer, kindOf, type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** The number of empty places. Its row starts at 0 and is not trained. Default: none. */
  padding?: number;
  /** Initialiser of the table. Default: {@link normal}, as in PyTorch. */
  init?: Initialiser;
}

/** An embedding as plain data; made by {@link embedding}. */
export interface Embedding {
  /** Kind of layer. */
  readonly layer: 'embedding';
  /** Rows of the table. */
  readonly count: number;
  /** Numbers in a row. */
  readonly units: number;
  /** The row that is not trained, if there is one. */
  readonly padding?: number;
  /** Initialiser of the table. */
  readonly init: Initialiser;
}

/**
 * Looks up rows of a trained table, such as a vector per word: each number of a sample becomes the row with that number. Samples
 * `[L]` of whole numbers from 0 to `count − 1` come out as `[L, units]`.
 *
 * It takes the input of the model, also through {@link flatten}. A number that is not whole, or has no row, is a DataError.
 * Parameter: `layers.i.weight` `[count, units]`, as in PyTorch's `Embedding`.
 *
 * @param count Rows of the table, up to 2²⁴.
 * @param units Numbers in a row.
 * @throws {ArgumentError} For an invalid count, number of units, padding, initialiser or option.
 */
export function embedding(count: number, units: number, options: EmbeddingOptions = {}): Embedding {
  checkKeys('embedding', options, ['padding', 'init']);
  checkCount('embedding: count', count);
  if (count > MOST_INDICES) throw new ArgumentError(`embedding: count must be at most 2²⁴, found ${count}`);
  checkCount('embedding: units', units);
  const { padding, init = normal() } = options;
  checkLayer('embedding', linear, { init });
  if (padding !== undefined && !isIndex(padding, count)) {
    throw new ArgumentError(`embedding: padding must be ${indexBelow(count)}, found ${showValue(padding)}`);
  }
  return ofKind(embeddingKind, {
    layer: 'embedding',
    count,
    units,
    ...(padding === undefined ? {} : { padding }),
    init,
  });
}

const isIndex = (value: unknown, count: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;

const indexBelow = (count: number): string => `a whole number from 0 to ${count - 1}`;

/** The layer whose output a value is, where that is no input of a model, in other places or not. */
function computedBy({ layer, of }: Applied): string | undefined {
  if (!layer) return undefined;
  if (!kindOf(layer).rearranges) return layer.layer;
  return of.map(computedBy).find((name) => name !== undefined);
}

export const embeddingKind: LayerKind<Embedding> = {
  width: 'units',

  demands: ({ count }) => ({ expected: `${indexBelow(count)} for embedding`, ok: (value) => isIndex(value, count) }),

  applied(_layer, values) {
    const name = values.map(computedBy).find((of) => of !== undefined);
    if (name === undefined) return;
    throw new ArgumentError(`embedding: expected whole numbers, those of an input, found the output of ${name}`);
  },

  shape: ({ units }, [x]) => [...x, units],

  // a[l, u] = W[x[l], u]
  append({ count, units, padding, init }, { graph, index, parameter }, [x]) {
    const drawn = padding === undefined ? init : withZeroRow(init, padding);
    const W = parameter('W', { key: 'weight', shape: [count, units], init: drawn });
    return append(graph, embeddingOp, [W, x], padding === undefined ? {} : { padding }, `a${index}`);
  },

  remade: ({ count, units, padding, init }) => embedding(count, units, { padding, init }),

  describe: ({ count, units }) => `embedding ${count} x ${units}`,
};

/** Without `padding`, whose row has no gradient although it is read. */
export const embeddingCases = (): readonly LayerCase[] => [
  { layer: embedding(5, 3), inputs: [[4]] },
  { layer: embedding(7, 2), inputs: [[9]] },
];
