import { openTab } from './open-tab.ts';
import { idOfTab, PANEL, TabBar } from './tab-bar.tsx';
import { TabPanel } from './tab-panel.tsx';
import type { Tab } from './tabs.ts';

/** The tab that is open, the first one if the address names no other, under a bar with all of them if there are several. */
export const Tabbed = ({ tabs }: { readonly tabs: readonly Tab[] }) => {
  const tab = tabs.find(({ id }) => id === openTab.value) ?? tabs[0];
  if (tabs.length === 1) return <TabPanel tab={tab} />;
  return (
    <>
      <TabBar tabs={tabs} current={tab.id} />
      <div role="tabpanel" id={PANEL} aria-labelledby={idOfTab(tab.id)}>
        <TabPanel tab={tab} />
      </div>
    </>
  );
};
