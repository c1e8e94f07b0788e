import { Loaded } from '../shared/loaded.tsx';
import type { Tab } from './tabs.ts';

/** What the tab shows; its code is loaded when it is opened. */
export const TabPanel = ({ tab }: { readonly tab: Tab }) => (
  <Loaded key={tab.id} load={tab.load}>
    <p class="tabs-wait soft">Loading…</p>
  </Loaded>
);
