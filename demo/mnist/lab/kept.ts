/**
 * What is kept of a net for a reload: its weights as last evaluated, and its curves until then. What is read is checked whole,
 * since it may be of another version of the page, of other data, or damaged.
 */
import { type Config, toHash, usual } from '../config.ts';
import { CLASSES, type Curves, type DataSummary, type Evaluated, SIDE } from './protocol.ts';
import type { Held } from './reporter.ts';
import type { Dated } from './shelf.ts';

export interface Kept {
  readonly held: Held;
  readonly curves: Curves;
}

/** Of this layout; another one is not read. */
const VERSION = 1;
export const bounds = {
  /** Bytes of weights: larger nets are not kept. */
  bytes: 20e6,
  /** Points; evaluations, which tell when an accuracy was reached, come once a second at most. */
  losses: 2000,
  evaluations: 20_000,
} as const;

/** Of nets that differ in nothing but the learning rate, the last is kept. */
export const keyOf = (config: Config): string => toHash({ ...config, learningRate: usual.learningRate }) || '#';

/** Undefined for what is not to be kept: untrained, no numbers any more, or too large. */
export function recordOf(
  { learningRate }: Config,
  data: DataSummary,
  { held, curves }: Kept,
  at: number,
): Dated | undefined {
  const { step, loss } = held.evaluated;
  const bytes = Object.values(held.parameters).reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
  if (step === 0 || !Number.isFinite(loss) || bytes > bounds.bytes) return undefined;
  const { losses, evaluations } = curves;
  const finite = { losses: losses.filter(isProgress), evaluations: evaluations.filter(isEvaluated) };
  return { at, version: VERSION, learningRate, data: identityOf(data), held, curves: finite } as Dated;
}

/** What such a record holds, if it is of this net, rate and data, and every part of it is as it has to be. */
export function readRecord(record: unknown, config: Config, data: DataSummary): Kept | undefined {
  if (!isObject(record) || record.version !== VERSION || record.data !== identityOf(data)) return undefined;
  if (record.learningRate !== config.learningRate) return undefined;
  const { held, curves } = record;
  if (!isObject(held) || !isEvaluated(held.evaluated) || !isCount(held.epochs)) return undefined;
  if (!areParameters(held.parameters, config) || !isObject(curves)) return undefined;
  const { losses, evaluations } = curves;
  if (!areSome(losses, bounds.losses, isProgress)) return undefined;
  if (!areSome(evaluations, bounds.evaluations, isEvaluated)) return undefined;
  const { step } = held.evaluated;
  const until = <T extends { readonly step: number }>(points: readonly T[]) => points.filter((of) => of.step <= step);
  return { held: held as unknown as Held, curves: { losses: until(losses), evaluations: until(evaluations) } };
}

const identityOf = ({ name, train, test }: DataSummary): string => `${name}, ${train}, ${test}`;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const areNumbers = (value: Record<string, unknown>, ...names: string[]) => names.every((name) => isNumber(value[name]));

const isEvaluated = (value: unknown): value is Evaluated =>
  isObject(value) &&
  isCount(value.step) &&
  areNumbers(value, 'seconds', 'loss', 'accuracy') &&
  (value.trainingAccuracy === undefined || isNumber(value.trainingAccuracy));

const isProgress = (value: unknown): value is Curves['losses'][number] =>
  isObject(value) &&
  isCount(value.step) &&
  areNumbers(value, 'seconds', 'epoch', 'stepOfEpoch', 'stepsOfEpoch', 'loss', 'samplesPerSecond');

const areSome = <T>(value: unknown, most: number, is: (of: unknown) => of is T): value is readonly T[] =>
  Array.isArray(value) && value.length <= most && value.every(is);

/** Weight [out, in] and bias [out] of each layer, and nothing else. */
function areParameters(value: unknown, { hidden }: Config): boolean {
  const units = [SIDE * SIDE, ...hidden.map((layer) => layer.units), CLASSES];
  const shapes = units
    .slice(1)
    .flatMap((out, i) => [[`layers.${i}.weight`, [out, units[i]]] as const, [`layers.${i}.bias`, [out]] as const]);
  if (!isObject(value) || Object.keys(value).length !== shapes.length) return false;
  return shapes.every(([key, shape]) => {
    const tensor = value[key];
    if (!isObject(tensor) || !(tensor.data instanceof Float32Array) || `${tensor.shape}` !== `${shape}`) return false;
    return tensor.data.length === shape.reduce((a, b) => a * b) && tensor.data.every(Number.isFinite);
  });
}
