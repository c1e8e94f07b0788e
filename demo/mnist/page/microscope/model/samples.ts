/** Samples of the data as subjects, one after another or by chance. */
import { computed, effect, signal } from '@preact/signals';
import { ask, askCurrent, isReady, isTraining, lab, type Subject, subject } from '../../state/index.ts';
import { net } from './net.ts';

export type SetName = 'test' | 'train';
interface Place {
  readonly set: SetName;
  readonly index: number;
}

/** The one last chosen here. */
export const place = signal<Place>({ set: 'test', index: 0 });
/** How many samples there are to choose from. */
export const count = computed(() => net.value?.data[place.value.set] ?? 0);

/** Of the latest choice, so that an earlier one that takes longer does not come after it. */
let latest = 0;
/** What `choose` has made, and of which data. */
let chosen: { readonly subject: unknown; readonly data: string } | undefined;

export async function choose(set: SetName, index: number): Promise<Subject | undefined> {
  const of = net.peek();
  if (!of) return undefined;
  const mine = ++latest;
  const within = Math.min(Math.max(0, Math.trunc(index) || 0), of.data[set] - 1);
  place.value = { set, index: within };
  const sample = await ask(() => lab.sample(set, within));
  if (!sample || mine !== latest || net.peek() !== of) return undefined;
  const next = { ...sample, title: `${set === 'test' ? 'test' : 'training'} sample ${within}` };
  chosen = { subject: next, data: sourceOf(of) };
  subject.value = next;
  return next;
}

/** Any other test sample. */
export const chooseAnother = (): Promise<Subject | undefined> =>
  choose('test', Math.floor(Math.random() * (net.peek()?.data.test ?? 0)));

const sourceOf = ({ data }: NonNullable<typeof net.value>): string => `${data.name} ${data.source}`;

/** The one that the page chose by itself. */
let found: Subject | undefined;

/** A digit that the net gets wrong: one that it gets right has hardly any error to follow back. */
async function chooseMistake(): Promise<void> {
  const mistake = await askCurrent(() => lab.mistake());
  if (subject.peek() && subject.peek() !== found) return; // the visitor chose meanwhile
  found = (await choose('test', mistake?.index ?? 0)) ?? found;
}

/** There is something to look at from the start, and it is of the data in use. What the page chose stays a mistake. */
export const keepSubject = () =>
  effect(() => {
    if (!net.value || isTraining.value || !isReady.value) return;
    const current = subject.peek();
    const isForeign = current && current === chosen?.subject && chosen.data !== sourceOf(net.value);
    if (!current || current === found) void chooseMistake();
    else if (isForeign) void choose(place.peek().set, place.peek().index);
  });
