/**
 * The model in its file: a JSON text in the metadata that says all that is needed to predict with the weights. It has the
 * shape of a sample, the layers, what each is applied to and whose weights it uses, the loss, and how the samples of training
 * were given. The same net gives the same text.
 */
import { member } from '../base/arguments.ts';
import { DataError } from '../base/errors.ts';
import { isObject, parseJson } from '../base/json.ts';
import { showValue } from '../base/show-value.ts';
import { type DataFacts, EXPECTED_FACTS, isFacts } from '../data/data-facts.ts';
import type { LossFunction } from '../nn/losses/loss.ts';
import type { NamedLoss } from '../nn/losses/registry.ts';
import { features, type Model, outputs } from '../nn/model.ts';

/** The key of the record of training in the metadata of the file: everything but tensors that a resumed run depends on. */
export const RECORD = 'retrograd';
/** Of the metadata of the file. */
export const MODEL = 'retrograd.model';
/** Of a file without it. */
export const NO_MODEL = `expected a file that says what its model is, under ${MODEL} in its metadata, found none: an older version or another library wrote it. Load it into the net that it is of, with compile(model, ...) and net.load(file), and save that`;
/** Of the text. A reader refuses the text of a newer version. */
export const VERSION = 1;

/** A loss as the options of its function. */
export interface SavedLoss extends NamedLoss {
  /** The losses of several outputs, of which this is the weighted sum; its own name is that of the first. */
  readonly outputs?: Readonly<Record<string, NamedLoss & { readonly weight: number }>>;
}

export interface Saved {
  readonly model: Model;
  /** As the options of its function. */
  readonly loss: SavedLoss;
  /** Absent for a net that no data set has trained. */
  readonly data?: DataFacts;
}

export function formatModel({ input, layers, wiring, weightsOf }: Model, loss: LossFunction, data?: DataFacts): string {
  const saved = loss.heads
    ? {
        outputs: Object.fromEntries(loss.heads.map(({ name, weight, loss }) => [name, { weight, ...plainLoss(loss) }])),
      }
    : plainLoss(loss);
  return JSON.stringify({ version: VERSION, input, layers: layers.map(plain), wiring, weightsOf, loss: saved, data });
}

const plainLoss = ({ name, mean, settings }: LossFunction) => ({
  name,
  reduction: mean ? 'mean' : 'sum',
  labelSmoothing: 0,
  ...settings,
});

/** What a text says of the data, if there is one. Throws DataError for what is no such text. */
export function factsIn(text: string | undefined, model: Model, where: string): DataFacts | undefined {
  const data = text === undefined ? undefined : member(parseJson(text), 'data');
  if (data === undefined || isFacts(data, features(model), outputs(model))) return data;
  throw new DataError(`${where}: ${MODEL}: data: expected ${EXPECTED_FACTS}, found ${showValue(data)}`);
}

/** A layer without functions: initialisers are left out, and an activation of one's own is its name and a digest. */
export const plain = (layer: object): unknown => JSON.parse(JSON.stringify(layer, withoutFunctions));

function withoutFunctions(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  if (typeof value.scale === 'function') return undefined;
  return typeof value.f === 'function' ? { name: value.name, wgsl: value.wgsl } : value;
}
