import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { Tab } from './tabs.ts';

/** What the tab shows; its code is loaded when it is first opened. */
export const TabPanel = ({ tab }: { readonly tab: Tab }) => {
  const views = useSignal<Readonly<Record<string, ComponentType | 'failed'>>>({});
  const load = async (): Promise<void> => {
    const view = await Promise.resolve(tab.load()).catch(() => 'failed' as const);
    views.value = { ...views.value, [tab.id]: view };
  };
  // Before the first frame, so that nothing flashes where there is nothing to wait for.
  useLayoutEffect(() => void load(), [tab]);
  const View = views.value[tab.id];
  if (!View) return <p class="tabs-wait soft">Loading…</p>;
  if (View !== 'failed') return <View />;
  return (
    <div class="tabs-wait" role="alert">
      <p>This part of the page could not be loaded. Is the network down?</p>
      <button type="button" onClick={load}>
        Try again
      </button>
    </div>
  );
};
