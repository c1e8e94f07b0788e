/** Samples of the data as subjects, one after another or by chance. */
import { computed, effect, signal } from '@preact/signals';
import { ask, lab, subject } from '../../state/index.ts';
import { net } from './inspection.ts';

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

export async function choose(set: SetName, index: number): Promise<void> {
  const of = net.peek();
  if (!of) return;
  const mine = ++latest;
  const within = Math.min(Math.max(0, Math.trunc(index) || 0), of.data[set] - 1);
  place.value = { set, index: within };
  const sample = await ask(() => lab.sample(set, within));
  if (!sample || mine !== latest || net.peek() !== of) return;
  const next = { ...sample, title: `${set === 'test' ? 'test' : 'training'} sample ${within}` };
  chosen = { subject: next, data: sourceOf(of) };
  subject.value = next;
}

const sourceOf = ({ data }: NonNullable<typeof net.value>): string => `${data.name} ${data.source}`;

/** There is something to look at from the start, and it is of the data in use. */
export const keepSubject = () =>
  effect(() => {
    if (!net.value) return;
    const current = subject.peek();
    const isForeign = current && current === chosen?.subject && chosen.data !== sourceOf(net.value);
    if (!current || isForeign) choose(place.peek().set, place.peek().index);
  });
