/** The table of runs: its columns, and its rows in an order. */
import type { Curves } from '../../lab/protocol.ts';
import { DASH } from '../shared/numbers.ts';
import { firstReaching, milestones } from '../training/milestones.ts';
import { formatCount, formatSeconds, formatShare } from '../training/steady-numbers.ts';
import { type Settings, titleOf, wordsOf } from './run-names.ts';

/** A run as the table and the charts show it. */
export interface RunView {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly settings: Settings;
  readonly machine: string;
  /** Samples that it trains on. */
  readonly samples: number;
  readonly parameters: number;
  readonly curves: Curves;
  /** Whether it is the one of the net that is there. */
  readonly isNow: boolean;
  /** Whether it can be opened with its weights. */
  readonly hasWeights: boolean;
}

export type Value = string | number | undefined;

export interface Column {
  readonly title: string;
  /** In a file, where the unit stands in the title. */
  readonly fileTitle: string;
  readonly isNumber: boolean;
  value(run: RunView): Value;
  text(value: Value): string;
}

const number = (
  title: string,
  fileTitle: string,
  value: (run: RunView) => number | undefined,
  format: (value: number) => string = formatCount,
): Column => ({
  ...{ title, fileTitle, isNumber: true, value },
  text: (of) => (typeof of === 'number' ? format(of) : DASH),
});

/** Steps and seconds of training, as far as they were measured. */
function reached({ curves: { losses, evaluations } }: RunView): { readonly step: number; readonly seconds: number } {
  const ends = [losses.at(-1), evaluations.at(-1)].filter((of) => of !== undefined);
  return ends.reduce((a, b) => (b.step > a.step ? b : a), { step: 0, seconds: 0 });
}

function millisecondsPerStep(run: RunView): number | undefined {
  const { step, seconds } = reached(run);
  return step > 0 ? (1000 * seconds) / step : undefined;
}

const best = ({ curves: { evaluations } }: RunView): number | undefined =>
  evaluations.length > 0 ? Math.max(...evaluations.map(({ accuracy }) => accuracy)) : undefined;

/** Test accuracies, in percent, that the table has the time of. */
const reachedPercents = [...milestones, 99];

const measured: readonly Column[] = [
  number('Best test accuracy', 'best test accuracy', best, formatShare),
  ...reachedPercents.map((percent) =>
    number(
      `Time to ${percent} %`,
      `seconds to ${percent} %`,
      ({ curves }) => firstReaching(percent, curves.evaluations)?.seconds,
      formatSeconds,
    ),
  ),
  number('Steps', 'steps', (run) => reached(run).step),
  number('Training time', 'seconds', (run) => reached(run).seconds, formatSeconds),
  number('Per step', 'milliseconds per step', millisecondsPerStep, (value) => `${value.toPrecision(3)}\u00a0ms`),
  number('Parameters', 'parameters', ({ parameters }) => parameters),
];

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** Entries that are numbers are sorted as such. */
const isNumeric = (text: string | undefined): boolean => text !== undefined && text !== '' && !Number.isNaN(+text);

function settingColumn(key: string, runs: readonly RunView[]): Column {
  const isNumber = runs.every(({ settings }) => isNumeric(settings[key]));
  const value = ({ settings }: RunView): Value => (isNumber ? Number(settings[key]) : settings[key]);
  const text = (of: Value): string => (of === undefined ? DASH : wordsOf(key, String(of)));
  return { title: capital(titleOf(key)), fileTitle: key, isNumber, value, text };
}

/** What was measured, then what was set. */
export function columnsOf(runs: readonly RunView[]): readonly Column[] {
  const keys = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  const machine: Column = {
    ...{ title: 'Trained on', fileTitle: 'machine', isNumber: false },
    value: (run) => run.machine,
    text: (value) => String(value),
  };
  const samples = number('Training samples', 'training samples', (run) => run.samples);
  return [...measured, ...keys.map((key) => settingColumn(key, runs)), samples, machine];
}

export interface Order {
  readonly title: string;
  readonly isDescending: boolean;
}

/** In the order of a column; runs without a value come last in either direction. */
export function sorted<T>(rows: readonly T[], of: (row: T) => Value, isDescending: boolean): T[] {
  const compare = (a: Value, b: Value): number =>
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : String(a).localeCompare(String(b), 'en', { numeric: true });
  return rows.toSorted((a, b) => {
    const [left, right] = [of(a), of(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return isDescending ? compare(right, left) : compare(left, right);
  });
}
