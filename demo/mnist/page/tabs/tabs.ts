/** The tabs of the page, in their order. A tab is a line here and a folder of its own. */
import { Digits } from '../digits.tsx';
import type { Load } from '../shared/loaded.tsx';

export interface Tab {
  /** Its address is `#/id`. */
  readonly id: string;
  readonly title: string;
  /** All but the first import theirs when they are opened: `() => import('../plane/plane.tsx').then((of) => of.Plane)`. */
  readonly load: Load;
}

export const tabs: readonly Tab[] = [
  { id: 'digits', title: 'Digits', load: () => Digits },
  { id: 'runs', title: 'Runs', load: () => import('../runs/runs.tsx').then(({ Runs }) => Runs) },
  { id: 'plane', title: 'Plane', load: () => import('../plane/plane.tsx').then(({ Plane }) => Plane) },
  {
    id: 'experiments',
    title: 'Experiments',
    load: () => import('../experiments/experiments.tsx').then(({ Experiments }) => Experiments),
  },
  { id: 'own', title: 'Your data', load: () => import('../own-data/own-data.tsx').then(({ OwnData }) => OwnData) },
];
