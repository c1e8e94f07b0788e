/**
 * What a checkpoint stores besides its tensors, as one JSON text in the metadata of the file: which net it belongs to, and
 * how far its training has come.
 */
import { isList, member } from '../../base/arguments.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { shorten, showValue, typeName } from '../../base/show-value.ts';
import { identityOf, isIdentity } from '../../data/identity.ts';
import { parameter } from '../../graph/leaf.ts';
import { isLearningRate } from '../../nn/learning-rate.ts';
import { describeModel } from '../../nn/model.ts';
import { starsIn } from '../../nn/parameter-patterns.ts';
import { RECORD } from '../../saved/model-text.ts';
import { type BestSoFar, isMeasure, type Score } from '../best-epoch.ts';
import { NONE } from '../freeze.ts';
import type { Counted, Position, Session } from '../session.ts';

const VERSION = 1;

export function formatRecord(session: Session): string {
  const frozen = session.parameters.map(({ key }) => key).filter((key) => session.task.frozen?.has(key));
  const record = { version: VERSION, net: netOf(session), position: positionOf(session) };
  return JSON.stringify(frozen.length > 0 ? { ...record, frozen } : record);
}

export interface Recorded {
  readonly position?: Position;
  /** Keys of what is frozen. */
  readonly frozen: ReadonlySet<string>;
  readonly wrong: string[];
}

/**
 * The position in such a text, or every way in which it is none of this net, a line each. A net is the same where all that
 * is compiled into its steps is; the learning rate, the seed and what is frozen are no part of that, and come from the file.
 * Learning rates and penalties by patterns are compared as what they come to for each parameter.
 */
export function parseRecord(text: string, session: Session): Recorded {
  const none = { frozen: NONE };
  const record = parseJson(text);
  if (!isObject(record)) return { ...none, wrong: [`${RECORD}: expected a JSON object, found ${showValue(text)}`] };
  const { version, net, position, frozen = [], ...more } = record;
  if (version !== VERSION) {
    const newer = count(version) && version > VERSION ? ', from a newer version of the library' : '';
    return { ...none, wrong: [`version: expected ${VERSION}, found ${showValue(version)}${newer}`] };
  }
  const wrong = [
    ...Object.keys(more).map((key) => `${key}: unknown`),
    ...unequal(leavesOf(netOf(session)), leavesOf(effective(net, session))),
    ...unknownIn(position, session),
    ...(isFrozen(frozen, session)
      ? []
      : [`frozen: expected keys of some of the parameters, found ${showValue(frozen)}`]),
  ];
  if (wrong.length > 0) return { ...none, wrong };
  const { unfinished, best, averageFrom = 0, stateFrom = {}, ...others } = position as unknown as Position;
  const rest = { ...others, averageFrom, stateFrom };
  const known = best && { ...best, best: best.best ?? undefined, leap: best.leap ?? undefined };
  return {
    position: { ...rest, unfinished: unfinished ?? undefined, best: known },
    frozen: new Set(frozen as string[]),
    wrong,
  };
}

/** Keys of the net, with something left to be trained. */
const isFrozen = (value: unknown, { parameters }: Session): boolean =>
  isList(value) &&
  value.every((key) => parameters.some((parameter) => parameter.key === key)) &&
  parameters.some(({ key, node }) => node.op === parameter && !value.includes(key));

/** The epoch of the net whose parameters a file keeps as the best so far, by a text that `parseRecord` need not take. */
export function keptEpochOf(text: string): number | undefined {
  const best = member(member(parseJson(text), 'position'), 'best');
  const epoch = member(member(best, 'best'), 'epoch');
  return member(best, 'keepBest') === true && count(epoch) ? epoch : undefined;
}

/** What is compiled into the steps of a net, as plain data: without functions, and what only made its first weights. */
function netOf(session: Session): unknown {
  const { learningRate, ...optimizer } = session.optimizer;
  const { model, loss, batch } = session.task;
  const { layers, wiring, weightsOf } = model;
  const { update } = session;
  const net = { model: describeModel(model), layers, wiring, weightsOf, batch, loss, optimizer, update };
  const isInitialiser = (value: unknown) => isObject(value) && typeof value.scale === 'function';
  return effective(JSON.parse(JSON.stringify(net, (_, value) => (isInitialiser(value) ? undefined : value))), session);
}

/** A net with what its patterns come to: the factors and penalties of each parameter. */
function effective(net: unknown, session: Session): unknown {
  if (!isObject(net) || !isObject(net.update)) return net;
  const byPattern = ['learningRates', 'regularize'];
  const update = Object.entries(net.update).flatMap(([name, values]) => {
    if (!byPattern.includes(name) || !isObject(values)) return [[name, values]];
    const found = byParameter(values, session);
    return found.length > 0 ? [[name, Object.fromEntries(found)]] : [];
  });
  return { ...net, update: Object.fromEntries(update) };
}

/** Values by patterns -> those by keys that change something. A pattern that matches no key is left as it is. */
function byParameter(values: Readonly<Record<string, unknown>>, { parameters }: Session): [string, unknown][] {
  const patterns = Object.entries(values);
  const found = parameters.map(({ key, node }): [string, unknown] => {
    const [, value] = patterns.filter(([pattern]) => node.op === parameter && starsIn(key, pattern)).pop() ?? [];
    return [key, withoutZeros(value)];
  });
  const isNeutral = (value: unknown) => [undefined, 1].includes(value as number) || isEmpty(value);
  return [
    ...patterns.filter(([pattern]) => !parameters.some(({ key }) => starsIn(key, pattern))),
    ...found.filter(([, value]) => !isNeutral(value)),
  ];
}

const isEmpty = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;

/** { l1: 0, l2: 0.1 } -> { l2: 0.1 } */
const withoutZeros = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, factor]) => factor !== 0)) : value;

type Field = readonly [
  of: (session: Session) => unknown,
  expected: string,
  is: (value: unknown, session: Session, position: Record<string, unknown>) => boolean,
];

const count = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** How each field of a position is written, and what it has to be; a field that is missing here does not compile. */
const fields: { readonly [K in keyof Required<Position>]: Field } = {
  seed: [({ seed }) => seed, 'an integer from 0 to 4294967295', (value) => count(value) && value < 2 ** 32],
  learningRate: [({ learningRate }) => learningRate, 'a finite number ≥ 0 or a schedule', isLearningRate],
  steps: [({ steps }) => steps, 'an integer ≥ 0', count],
  updates: [({ updates }) => updates, 'an integer ≥ 0', count],
  pending: [
    ({ pending }) => pending,
    '{ steps, samples } with fewer steps than make an update, and no more samples than they hold',
    isPending,
  ],
  averageFrom: [
    ({ averageFrom, update }) => (update.average === undefined ? undefined : averageFrom),
    'an integer up to the number of updates, where there is an average',
    (value, _session, { updates }) =>
      value === undefined || (Number.isSafeInteger(value) && Number(value) <= Number(updates)),
  ],
  stateFrom: [
    ({ stateFrom }) => (isEmpty(stateFrom) ? undefined : stateFrom),
    'nothing, or for keys of parameters integers from 1 to the number of updates',
    isStateFrom,
  ],
  epochs: [({ epochs }) => epochs, 'an integer ≥ 0', count],
  unfinished: [
    ({ unfinished }) => unfinished && { ...unfinished, dataset: identityOf(unfinished.dataset) },
    'null, or { dataset: { name, count, digest }, steps } with fewer steps than an epoch has',
    isUnfinished,
  ],
  best: [
    ({ best }) => best && formatBest(best),
    'nothing, or { dataset, validation, metric, minDelta, keepBest, seen, best, leap } of completed epochs',
    isBest,
  ],
};

/** Without the parameters, which are tensors of the file. */
function formatBest({ weights: _, dataset, validation, best, leap, ...rest }: BestSoFar): Record<string, unknown> {
  const scores = { best: best ?? null, leap: leap ?? null };
  return { dataset: identityOf(dataset), validation: identityOf(validation), ...rest, ...scores };
}

/** Files were written before there were these. */
const LATER = ['best', 'averageFrom', 'stateFrom'];

const positionOf = (session: Session): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .map(([name, [of]]) => [name, of(session) ?? null])
      .filter(([name, value]) => !LATER.includes(String(name)) || value !== null),
  );

function unknownIn(position: unknown, session: Session): string[] {
  if (!isObject(position)) return [`position: expected a JSON object, found ${showValue(position)}`];
  const extra = Object.keys(position).filter((name) => !Object.hasOwn(fields, name));
  const bad = Object.entries(fields).filter(([name, [, , is]]) => !is(position[name], session, position));
  return [
    ...extra.map((name) => `position.${name}: unknown`),
    ...bad.map(([name, [, expected]]) => `position.${name}: expected ${expected}, found ${showValue(position[name])}`),
  ];
}

function isPending(value: unknown, { update: { accumulate = 1 }, task: { batch } }: Session): boolean {
  return isCounted(value, batch) && value.steps < accumulate;
}

/** Steps, and as many samples as they may hold. */
function isCounted(value: unknown, batch: number): value is Counted {
  if (!isObject(value) || Object.keys(value).length !== 2) return false;
  const { steps, samples } = value;
  return count(steps) && count(samples) && steps <= samples && samples <= steps * batch;
}

function isStateFrom(value: unknown, { parameters }: Session, { updates }: Record<string, unknown>): boolean {
  if (value === undefined) return true;
  if (!isObject(value)) return false;
  const isIn = ([key, from]: [string, unknown]) =>
    parameters.some((parameter) => parameter.key === key) && count(from) && from > 0 && from <= Number(updates);
  return Object.entries(value).every(isIn);
}

function isUnfinished(value: unknown, { task: { batch } }: Session): boolean {
  if (value === null) return true;
  if (!isObject(value)) return false;
  const { steps, dataset, skipped = { steps: 0, samples: 0 }, ...more } = value;
  if (!isCounted(skipped, batch) || Object.keys(more).length > 0) return false;
  return isIdentity(dataset) && count(steps) && skipped.steps <= steps && steps > 0 && steps * batch < dataset.count;
}

function isBest(value: unknown, _session: Session, { epochs, unfinished }: Record<string, unknown>): boolean {
  if (value === undefined) return true;
  if (!isObject(value)) return false;
  const { dataset, validation, metric, minDelta, keepBest, seen, best, leap, ...more } = value;
  const isAsked = isMeasure(metric) && typeof minDelta === 'number' && Number.isFinite(minDelta) && minDelta >= 0;
  const known = isIdentity(dataset) && isIdentity(validation) && isAsked && typeof keepBest === 'boolean';
  const completed = Number(epochs) - Number(Boolean(unfinished));
  if (!known || Object.keys(more).length > 0 || !count(seen) || seen > completed) return false;
  if (best === null || leap === null) return best === leap;
  if (!isScore(best) || !isScore(leap)) return false;
  return leap.epoch <= best.epoch && best.epoch <= seen && best.score <= leap.score;
}

const isScore = (value: unknown): value is Score =>
  isObject(value) &&
  Object.keys(value).length === 2 &&
  count(value.epoch) &&
  typeof value.score === 'number' &&
  Number.isFinite(value.score);

/** The deepest nesting that describes a net. */
const DEEPEST = 8;

/** 'optimizer.kind' -> '"adam"', for every value of nested objects and arrays. */
function leavesOf(value: unknown, path: readonly string[] = []): [path: string, text: string][] {
  const inner = typeof value === 'object' && value ? Object.entries(value) : [];
  if (inner.length === 0) {
    return [[path.join('.') || 'net', typeof value === 'object' ? typeName(value) : String(JSON.stringify(value))]];
  }
  if (path.length === DEEPEST) return [[path.join('.'), 'deeper values']];
  return inner.flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

function unequal(expected: [string, string][], found: [string, string][]): string[] {
  const [here, there] = [new Map(expected), new Map(found)];
  const paths = [...new Set([...here.keys(), ...there.keys()])].filter((path) => here.get(path) !== there.get(path));
  const valueIn = (leaves: Map<string, string>, path: string) => shorten(leaves.get(path) ?? 'nothing');
  return paths.map((path) => `${path}: expected ${valueIn(here, path)}, found ${valueIn(there, path)}`);
}
