/** Which tab is open, as the address says: '#/plane?noise=2' is the tab 'plane' with settings of its own. */
import { computed, signal } from '@preact/signals';

/** Addresses without a tab are of this one. */
export const FIRST = 'digits';

export interface Address {
  readonly tab: string;
  /** 'noise=2' */
  readonly settings: string;
}

export function parseAddress(hash: string): Address {
  const [, tab = FIRST, settings = hash.replace(/^#/, '')] = /^#\/([\w-]+)\??(.*)$/.exec(hash) ?? [];
  return { tab, settings };
}

const address = signal(parseAddress(location.hash));
addEventListener('hashchange', () => {
  address.value = parseAddress(location.hash);
});

export const openTab = computed(() => address.value.tab);
export const isOpen = (tab: string): boolean => openTab.value === tab;

/** What the address says to this tab now; '' if another one is open. */
export function settingsOf(tab: string): string {
  const now = parseAddress(location.hash);
  return now.tab === tab ? now.settings : '';
}

export function open(tab: string): void {
  location.hash = `/${tab}`;
}
