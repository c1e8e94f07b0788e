/** Standardisation: numbers brought to mean 0 and deviation 1 by a mean and a deviation that are given. */
import { checkKeys, checkNumber, isCount, member } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { foundInstead, isNumbers } from '../../base/numbers.ts';
import { showValue } from '../../base/show-value.ts';
import { type Shape, show, size } from '../../base/tensor.ts';
import { append } from '../../graph/graph.ts';
import { zScore } from '../../ops/z-score.ts';
import { ones, zeros } from '../initialisers.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** Options of {@link standardize}: one number for all, one per channel or feature, or one per number of a sample. */
export interface StandardizeOptions {
  /** What is subtracted. */
  mean: number | ArrayLike<number>;
  /** What the difference is divided by, numbers ≥ 0. Where it is 0, the result is 0. */
  deviation: number | ArrayLike<number>;
}

/** A standardisation layer as plain data; made by {@link standardize}. */
export interface Standardize {
  /** Kind of layer. */
  readonly layer: 'standardize';
  /** Numbers in the mean, and in the deviation. */
  readonly values: number;
}

/**
 * Standardisation: `(x − mean) / deviation`, with numbers that training does not change. As a first layer it brings inputs of any
 * size to the range that weights are made for:
 *
 * `sequential(train.shape, [standardize(statistics(train)), dense(16, tanh), dense(3)])`
 *
 * `statistics` of `retrograd/data` computes both numbers from a data set. They are saved with the net, and used by every method that
 * takes samples, so samples are given as they are. Parameters, which no optimizer changes: `layers.i.mean` and `layers.i.std`, each
 * `[1]`, `[channels]` or `[features]`, or one per number of a sample.
 *
 * A deviation of 0, of a feature that is the same in all samples, makes that feature 0.
 *
 * @throws {ArgumentError} For a mean and a deviation of different lengths, numbers that are not finite in f32, a negative
 * deviation, or an unknown option.
 */
export function standardize(options: StandardizeOptions): Standardize {
  checkKeys('standardize', options, ['mean', 'deviation']);
  const mean = numbersOf(options.mean, 'mean', 'a finite number', () => true);
  const deviation = numbersOf(options.deviation, 'deviation', 'a finite number ≥ 0', (value) => value >= 0);
  if (mean.length !== deviation.length)
    throw new ArgumentError(
      `standardize: deviation must have ${mean.length} numbers, as many as mean, found ${deviation.length}`,
    );
  return Object.assign(ofValues(mean.length), { [GIVEN]: { mean, deviation } });
}

/** Under which a layer carries its numbers. They are parameters, so that the text of a layer leaves them out. */
const GIVEN = Symbol('given');

interface Given {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** A layer without its numbers, which come from a file. */
const ofValues = (values: number): Standardize => ofKind(standardizeKind, { layer: 'standardize', values });

function numbersOf(given: unknown, name: string, expected: string, ok: (value: number) => boolean): Float32Array {
  const what = `standardize: ${name}`;
  const values = typeof given === 'number' ? [given] : given;
  if (!isNumbers(values) || values.length === 0)
    throw new ArgumentError(`${what} must be a number or an array of them, ${foundInstead(given)}`);
  for (let i = 0; i < values.length; i++) checkNumber(`${what}[${i}]`, values[i], expected, ok);
  return Float32Array.from(values);
}

/** One number for all, one per channel or feature, or one per number of a sample. */
const suits = (values: number, x: Shape): boolean => [1, x[0], size(x)].includes(values);

export const standardizeKind: LayerKind<Standardize> = {
  shape({ values }, [x]) {
    if (suits(values, x)) return x;
    const channels = x.length > 1 ? `${x[0]}, one per channel, or ` : '';
    throw new ShapeError(
      `standardize: expected one mean for all, ${channels}${size(x)}, one per number of a sample ${show(x)}, found ${values}`,
    );
  },

  append(layer, { graph, index, parameter }, [x]) {
    const { values } = layer;
    const given = member(layer, GIVEN) as Given | undefined;
    const options = { shape: [values], trained: false };
    const mean = parameter('mean', { ...options, key: 'mean', init: given?.mean ?? zeros() });
    const deviation = parameter('deviation', { ...options, key: 'std', init: given?.deviation ?? ones() });
    return append(graph, zScore, [x, mean, deviation], {}, `a${index}`);
  },

  remade(layer) {
    const { values } = layer;
    if (!isCount(values))
      throw new ArgumentError(`standardize: values must be a positive integer, found ${showValue(values)}`);
    const given = member(layer, GIVEN) as Given | undefined;
    if (given && given.mean.length !== values)
      throw new ArgumentError(`standardize: expected a mean of ${values} numbers, found ${given.mean.length}`);
    return given ? standardize(given) : ofValues(values);
  },

  narrowed: (layer, [x]) => (suits(layer.values, x) ? layer : ofValues(x[0])),

  describe: () => 'standardize',
};

export const standardizeCases = (): readonly LayerCase[] => [
  { layer: standardize({ mean: 0.1, deviation: 0.5 }), inputs: [[7]] },
  { layer: standardize({ mean: [0, 1, 2], deviation: [1, 2, 3] }), inputs: [[3, 4, 2]] },
];
