/** The runs that are kept and the one that is there, and which of them are shown. */
import { computed, signal } from '@preact/signals';
import { type Config, fromHash, toHash, write } from '../../config.ts';
import type { KeptRun } from '../../lab/protocol.ts';
import { config, evaluations, lab, losses, machine, openRun, prepared } from '../state/index.ts';
import { FIRST, open } from '../tabs/open-tab.ts';
import { columnsOf, type Order, type RunView, sorted } from './run-columns.ts';
import { namesOf } from './run-names.ts';

const kept = signal<readonly KeptRun[]>([]);
/** Why there are none to be had. */
export const refused = signal<string>();

export async function refresh(): Promise<void> {
  try {
    kept.value = await lab.runs();
    refused.value = undefined;
  } catch (error) {
    refused.value = (error as Error).message;
  }
}

const viewOf = (run: KeptRun): RunView => ({
  ...run,
  settings: write(fromHash(run.settings)),
  samples: run.data.train,
  isNow: false,
  hasWeights: run.held !== undefined,
});

/** The run of the net that is there, as it is now; undefined before its first step. */
const now = computed<RunView | undefined>(() => {
  const made = prepared.value;
  const curves = { losses: losses.value, evaluations: evaluations.value };
  if (!made || (curves.losses.length === 0 && !curves.evaluations.some(({ step }) => step > 0))) return undefined;
  return {
    ...made.run,
    ...{ settings: write(config.value), machine: machine.value?.name ?? '', samples: made.data.train },
    ...{ parameters: made.parameters, curves, isNow: true, hasWeights: true },
  };
});

/** The first that began comes first, so that each keeps its colour. */
export const runs = computed<readonly RunView[]>(() => {
  const others = kept.value.filter(({ id }) => id !== now.value?.id).map(viewOf);
  return [...others, ...(now.value ? [now.value] : [])].sort((a, b) => a.began - b.began);
});

const hidden = signal<ReadonlySet<string>>(new Set());
export const isShown = ({ id }: RunView): boolean => !hidden.value.has(id);
export const shown = computed(() => runs.value.filter(isShown));

export function show({ id }: RunView, really: boolean): void {
  const all = new Set(hidden.value);
  if (really) all.delete(id);
  else all.add(id);
  hidden.value = all;
}

/** By id: what differs among those shown. One that is hidden is named as it would be if it were shown. */
export const names = computed<ReadonlyMap<string, string>>(() => {
  const nameAmong = (all: readonly RunView[], i: number): string => namesOf(all.map(({ settings }) => settings))[i];
  return new Map(
    runs.value.map((run) => {
      const all = runs.value.filter((of) => of === run || isShown(of));
      return [run.id, nameAmong(all, all.indexOf(run))];
    }),
  );
});
export const nameOf = ({ id }: RunView): string => names.value.get(id) ?? '';

/** Which colour a run has. */
export const indexOf = ({ id }: RunView): number => runs.value.findIndex((run) => run.id === id);

export const columns = computed(() => columnsOf(runs.value));
/** Undefined for the order in which runs began. */
export const order = signal<Order | undefined>(undefined);
export const rows = computed<readonly RunView[]>(() => {
  const { title, isDescending } = order.value ?? { title: undefined, isDescending: false };
  if (title === NAME) return sorted(runs.value, nameOf, isDescending);
  const column = columns.value.find((of) => of.title === title);
  return column ? sorted(runs.value, column.value, isDescending) : runs.value;
});
/** The title of the first column. */
export const NAME = 'Run';

/** Sorts by a column; again, the other way round. Numbers begin with the largest. */
export function sortBy(title: string, isNumber: boolean): void {
  const before = order.value?.title === title ? order.value : undefined;
  order.value = { title, isDescending: before ? !before.isDescending : isNumber };
}

const configOf = ({ settings }: RunView): Config => fromHash(`#${new URLSearchParams(settings)}`);

/** An address that begins a net with these settings. */
export const linkTo = (run: RunView): string =>
  `${location.origin}${location.pathname}${location.search}${toHash(configOf(run)) || '#/digits'}`;

/** Goes on with a run, or begins one with its settings, and shows that. */
export async function openAgain({ id }: RunView): Promise<void> {
  const run = kept.value.find((of) => of.id === id);
  open(FIRST);
  if (run) await openRun(run);
}

/** Tells what came of it. */
export async function forget(run: RunView): Promise<string> {
  const told = await lab.forget(run.id).then(
    () => `Deleted ${nameOf(run)}.`,
    ({ message }: Error) => `${nameOf(run)} cannot be deleted. The browser says: ${message}`,
  );
  await refresh();
  return told;
}
