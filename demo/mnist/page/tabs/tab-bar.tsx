import { open } from './open-tab.ts';
import type { Tab } from './tabs.ts';
import './tabs.css';

interface TabBarProps {
  readonly tabs: readonly Tab[];
  /** Id of the tab that is open. */
  readonly current: string;
}

export const idOfTab = (id: string): string => `tab-${id}`;
export const PANEL = 'tab-panel';

/** One stop for the tab key; arrow keys go from tab to tab and open them. */
export const TabBar = ({ tabs, current }: TabBarProps) => {
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === current);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const { id } = tabs[(to + tabs.length) % tabs.length];
    open(id);
    document.getElementById(idOfTab(id))?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Parts of the page" onKeyDown={onKeyDown}>
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={idOfTab(id)}
          aria-selected={id === current}
          aria-controls={PANEL}
          tabIndex={id === current ? 0 : -1}
          onClick={() => open(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
};
