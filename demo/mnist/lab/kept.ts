/**
 * What is kept of a run: its settings, its curves, and beside them the checkpoint that training goes on from. A record that is
 * read is checked whole, since it may be of another version of the page, or damaged. A checkpoint is checked by the library.
 */
import { type Config, toHash, usual, write } from '../config.ts';
import type { Curves, DataSummary, Evaluated, KeptRun } from './protocol.ts';
import type { Held } from './reporter.ts';
import type { Stored } from './shelf.ts';

/** A run as the lab knows it. */
export interface Known {
  readonly id: string;
  readonly began: number;
  /** With the learning rate of now. */
  readonly config: Config;
  readonly data: DataSummary;
  /** Name of the machine. */
  readonly machine: string;
  readonly parameters: number;
  readonly held?: Held;
}

/** Of this layout; another one is not read. */
const VERSION = 2;
export const bounds = {
  /** Runs: of more, the oldest go. */
  runs: 12,
  /** Bytes of weights: of larger nets the curves are kept alone. */
  bytes: 20e6,
  /** Points; evaluations, which tell when an accuracy was reached, come once a second at most. */
  losses: 2000,
  evaluations: 20_000,
} as const;

/** Nets that differ in nothing but the learning rate have one key. A reload goes on with the run of it that was kept last. */
export const keyOf = (config: Config): string => toHash({ ...config, learningRate: usual.learningRate }) || '#';

/** Undefined for a run that was not trained. */
export function recordOf(known: Known, curves: Curves, at: number): Stored | undefined {
  const { id, began, config, data, machine, parameters, held } = known;
  const losses = curves.losses.filter(isProgress);
  const evaluations = curves.evaluations.filter(isEvaluated);
  if (losses.length === 0 && !evaluations.some(({ step }) => step > 0)) return undefined;
  const isWhole = held !== undefined && isEvaluated(held.evaluated) && held.evaluated.step > 0;
  const isHeld = isWhole && 4 * parameters <= bounds.bytes;
  const run: KeptRun & { readonly version: number } = {
    ...{
      version: VERSION,
      id,
      began,
      at,
      settings: `#${new URLSearchParams(write(config))}`,
      key: keyOf(config),
      goesOn: true,
    },
    ...{ data, machine, parameters, curves: { losses, evaluations } },
    ...(isHeld && { held: { evaluated: held.evaluated, before: held.before } }),
  };
  return { run, ...(isHeld && { file: held.file }) };
}

/** The run in such a record, if every part of it is as it has to be. */
export function readRun(record: unknown): KeptRun | undefined {
  if (!isObject(record) || record.version !== VERSION) return undefined;
  const { version: _, ...run } = record;
  const { data, curves, held, goesOn } = run;
  if (![run.id, run.settings, run.key, run.machine].every(isText) || typeof goesOn !== 'boolean') return undefined;
  if (![run.began, run.at, run.parameters].every(isCount)) return undefined;
  if (!isObject(data) || ![data.name, data.source].every(isText) || ![data.train, data.test].every(isCount)) {
    return undefined;
  }
  if (!isObject(curves) || !areSome(curves.losses, bounds.losses, isProgress)) return undefined;
  if (!areSome(curves.evaluations, bounds.evaluations, isEvaluated)) return undefined;
  return held === undefined || isHeld(held) ? (run as unknown as KeptRun) : undefined;
}

/** Whether a run has the weights of a net, for training on these samples. */
export const isOf = ({ key, held, data }: KeptRun, config: Config, { name, train, test }: DataSummary): boolean =>
  held !== undefined && key === keyOf(config) && data.name === name && data.train === train && data.test === test;

/** The curves up to where the checkpoint is. */
export function curvesToHeld({ curves: { losses, evaluations }, held }: KeptRun): Curves {
  const until = <T extends { readonly step: number }>(points: readonly T[]) =>
    points.filter(({ step }) => step <= held!.evaluated.step);
  return { losses: until(losses), evaluations: until(evaluations) };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const areNumbers = (value: Record<string, unknown>, ...names: string[]) => names.every((name) => isNumber(value[name]));

const isHeld = (value: unknown): boolean =>
  isObject(value) &&
  isEvaluated(value.evaluated) &&
  isObject(value.before) &&
  isCount(value.before.steps) &&
  isCount(value.before.epochs);

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
