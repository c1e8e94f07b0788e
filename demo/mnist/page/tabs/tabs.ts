/** The tabs of the page, in their order. A tab is a line here and a folder of its own. */
import type { ComponentType } from 'preact';
import { Digits } from '../digits.tsx';

export interface Tab {
  /** Its address is `#/id`. */
  readonly id: string;
  readonly title: string;
  /** All but the first import theirs when they are opened: `() => import('../plane/plane.tsx').then((of) => of.Plane)`. */
  readonly load: () => ComponentType | Promise<ComponentType>;
}

export const tabs: readonly Tab[] = [
  { id: 'digits', title: 'Digits', load: () => Digits },
  { id: 'plane', title: 'Plane', load: () => import('../plane/plane.tsx').then(({ Plane }) => Plane) },
];
