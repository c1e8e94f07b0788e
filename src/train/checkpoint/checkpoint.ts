/**
 * A checkpoint: everything that later steps depend on, as one safetensors file, so that training continues bit by bit as if
 * it had never stopped. Weights are under their keys, optimizer state under keys such as `optimizer.m.layers.0.weight`, the
 * sums of an epoch under `training.lossTotal`, and the parameters that `keepBest` keeps under keys such as
 * `best.layers.0.weight`. The weights of a net with averages are these, and `optimizer.raw.layers.0.weight` is what training
 * goes on with. A file with weights alone is a checkpoint too, of a training that has not begun.
 */
import { checkFlag, checkKeys } from '../../base/arguments.ts';
import { ArgumentError, DataError, NonFiniteError } from '../../base/errors.ts';
import { indented } from '../../base/show-value.ts';
import { size, type Tensor } from '../../base/tensor.ts';
import { checkLimits, type ReadLimits } from '../../data/read-options.ts';
import type { StateFrom } from '../../nn/updates.ts';
import { CHECKSUMS, parseChecked, withChecksums } from '../../saved/checksums.ts';
import { differences } from '../../saved/differences.ts';
import { factsIn, formatModel, MODEL, RECORD } from '../../saved/model-text.ts';
import type { StoredType } from '../../saved/number-types.ts';
import { checkTexts, formatStored, storedIn } from '../../saved/safetensors.ts';
import { readParameters } from '../averages.ts';
import { isSame, NONE } from '../freeze.ts';
import { type Changes, stepFor } from '../replace-step.ts';
import { NOTHING, type Position, type Session } from '../session.ts';
import type { TrainingStep } from '../training-program.ts';
import { checkRename, fitting, type Loaded, type Rename, renamed, withoutCounts } from './matching.ts';
import { formatRecord, parseRecord } from './metadata.ts';
import { OPTIMIZER, type Snapshot, storedTensors, storedWeights, TRAINING, unfolded } from './snapshot.ts';

/** Options of {@link Trainer.save}. */
export interface SaveOptions {
  /** Whether to save the parameters alone, for other libraries, without optimizer state and progress. Default: false. */
  weightsOnly?: boolean;
  /**
   * With `weightsOnly`: how the numbers are stored. `'F16'` and `'BF16'` make a file of half the size to predict with; every
   * number becomes the nearest there is. Default: `'F32'`, which keeps them as they are.
   */
  type?: StoredType;
  /** Strings of your own by name, stored in the metadata of the file. Default: none. */
  metadata?: Readonly<Record<string, string>>;
}

/** Options of {@link Trainer.load}. `maxBytes` is eight times the weights and 16 MiB by default. */
export interface LoadOptions extends ReadLimits {
  /** Whether to load the parameters alone, whatever optimizer, batch or loss the file was saved with. Default: false. */
  weightsOnly?: boolean;
  /**
   * With `weightsOnly`: whether to take the parameters that the file has by name and shape, and leave the others as they are,
   * with their averages. A file that has none of them is a DataError. Default: false, which demands all parameters and nothing else.
   */
  matching?: boolean;
  /**
   * With `weightsOnly`: what the names in the file are called here: `{ 'fc1.weight': 'layers.0.weight' }`, or with stars
   * `{ 'features.*': 'layers.*' }`, where the first entry counts that matches and names without one stay as they are; or a
   * function, which leaves a tensor out where it returns nothing. Default: as they are.
   */
  rename?: Rename;
}

const BEST = 'best.';

/** What a fit keeps of its best epoch. */
function bestTensors(session: Session): Record<string, Tensor> {
  const { weights } = session.best ?? {};
  if (!weights) return {};
  const stored = storedWeights(session);
  const entries = stored.map(({ key, shape, name }) => [BEST + key, { shape, data: weights.get(name)! }]);
  return Object.fromEntries(entries);
}

/** Throws NonFiniteError for weights that `applyCheckpoint` would refuse, ArgumentError for those that do not fit in the type. */
export function formatCheckpoint(
  { session, stored, tensors }: Snapshot,
  options: SaveOptions = {},
): Uint8Array<ArrayBuffer> {
  checkKeys('save', options, ['weightsOnly', 'type', 'metadata']);
  const { weightsOnly = false, type, metadata = {} } = options;
  checkFlag('save: weightsOnly', weightsOnly);
  if (type !== undefined && !weightsOnly) throw new ArgumentError('save: type needs weightsOnly: true');
  checkTexts('save: metadata', metadata);
  const taken = [RECORD, MODEL, CHECKSUMS].find((name) => Object.hasOwn(metadata, name));
  if (taken) throw new ArgumentError(`save: metadata.${taken} is reserved for the library`);
  const { model, loss } = session.task;
  const texts = { ...metadata, [MODEL]: formatModel(model, loss, session.data) };
  const record: Record<string, string> = weightsOnly ? {} : { [RECORD]: formatRecord(session) };
  const best = weightsOnly ? {} : bestTensors(session);
  const wrong = differences(stored, tensors);
  if (wrong.length > 0) throw new NonFiniteError(['save: nothing was written:', ...indented(wrong)]);
  const file = { stored: storedIn('save', { ...tensors, ...best }, type), metadata: { ...texts, ...record } };
  return formatStored({ ...file, metadata: withChecksums(file) });
}

/**
 * How a file of this net is read. Without a limit of the caller's it may hold eight times the weights, which is more than any
 * optimizer remembers, and 16 MiB of names and texts; a file of which a part is taken may be of any net. Throws ArgumentError.
 */
export function readLimits({ parameters }: Session, options: LoadOptions = {}): ReadLimits {
  checkLimits('load', options, ['weightsOnly', 'matching', 'rename']);
  const { weightsOnly = false, matching = false, rename, timeout } = options;
  checkFlag('load: weightsOnly', weightsOnly);
  checkFlag('load: matching', matching);
  checkRename(rename);
  for (const [name, isGiven] of Object.entries({ matching, rename: rename !== undefined })) {
    if (isGiven && !weightsOnly) throw new ArgumentError(`load: ${name} needs weightsOnly: true`);
  }
  const ofThisNet = 2 ** 24 + 8 * 4 * parameters.reduce((sum, { shape }) => sum + size(shape), 0);
  const { maxBytes = matching ? undefined : ofThisNet } = options;
  return { maxBytes, timeout };
}

/**
 * Throws DataError for bytes that are no such file, or naming all that is not of this net; nothing is changed then. Where the
 * file has other parameters frozen, `replaceStep` gives the net the training step for that.
 */
export async function applyCheckpoint(
  session: Session,
  bytes: Uint8Array,
  where: string,
  options: LoadOptions,
  replaceStep: (changes: Changes, step: TrainingStep) => Promise<void>,
): Promise<Loaded> {
  const { weightsOnly = false, matching = false, rename } = options;
  const { tensors, metadata, rounded } = parseChecked(bytes, where);
  const { frozen: isFrozen = NONE, model } = session.task;
  const isComplete = !weightsOnly && Object.hasOwn(metadata, RECORD);
  const record = isComplete ? parseRecord(metadata[RECORD], session) : undefined;
  const { position, frozen, wrong } = record ?? { position: beginning, frozen: isFrozen, wrong: [] };
  // A net that takes a part of another one has other samples, or other targets.
  const data = matching ? session.data : factsIn(metadata[MODEL], model, where);
  const wanted = { frozen, stateFrom: position?.stateFrom ?? {} };
  const isNew = wrong.length === 0 && !(isSame(frozen, isFrozen) && isSameCount(wanted.stateFrom, session.stateFrom));
  const step = isNew ? await stepFor(session, wanted, 'load') : session;
  const stored = storedTensors(step);
  const expected = stored.filter(({ isWeight }) => isWeight || isComplete);
  // Of a record that is none of this net nobody knows whether it keeps a best epoch.
  const ignored = weightsOnly ? [OPTIMIZER, TRAINING, BEST] : wrong.length > 0 ? [BEST] : [];
  const found = Object.entries(tensors).filter(([key]) => !ignored.some((prefix) => key.startsWith(prefix)));
  const all = Object.fromEntries(found);
  const given = withoutCounts(rename === undefined ? all : renamed(all, rename, where), expected);
  const part = matching ? fitting(given, expected, where) : undefined;
  const values = part ? { ...(await readParameters(session)), ...part.values } : given;
  const kept = position?.best?.keepBest && position.best.best ? storedWeights(step) : [];
  const best = kept.map(({ key, shape }) => ({ key: BEST + key, shape }));
  const differing = [...wrong, ...differences([...expected, ...best], values)];
  if (differing.length > 0) {
    if (isNew) step.program.destroy();
    throw new DataError([`${where}: expected a file of this net; nothing was changed:`, ...indented(differing)]);
  }
  if (isNew) await replaceStep(wanted, step);
  const left = part?.loaded.missing ?? [];
  for (const tensor of stored) {
    if (left.includes(tensor.begins ?? tensor.key)) continue;
    const key = expected.includes(tensor) ? tensor.key : tensor.begins;
    const data = key === undefined ? new Float32Array(size(tensor.shape)) : values[key].data;
    session.program.write(tensor.name, unfolded(tensor, data, position!));
  }
  const averageFrom = left.length > 0 ? session.averageFrom - session.updates : position!.averageFrom;
  Object.assign(session, position, { data, averageFrom });
  if (session.best && kept.length > 0) {
    session.best = {
      ...session.best,
      weights: new Map(kept.map(({ key, name }) => [name, values[BEST + key].data])),
    };
  }
  session.stepsBefore = session.steps;
  session.given++;
  session.finiteAt = session.steps;
  session.program.setFlags();
  const isRounded = (key: string) => rounded.some((name) => tensors[name] === values[key]);
  const loaded = part?.loaded ?? { taken: session.parameters.map(({ key }) => key), missing: [], unexpected: [] };
  return { ...loaded, rounded: loaded.taken.filter(isRounded) };
}

const isSameCount = (a: StateFrom, b: StateFrom): boolean =>
  [...Object.keys(a), ...Object.keys(b)].every((key) => a[key] === b[key]);

/** What a file of weights alone is of; seed and learning rate stay as they are. */
const beginning: Omit<Position, 'seed' | 'learningRate'> = {
  steps: 0,
  updates: 0,
  pending: NOTHING,
  averageFrom: 0,
  stateFrom: {},
  epochs: 0,
  unfinished: undefined,
  best: undefined,
};
