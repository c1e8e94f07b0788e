/** The configuration in the address of the page. */
import { effect } from '@preact/signals';
import { type Config, fromHash, isChoice, toHash } from '../../config.ts';
import { isOpen, settingsOf } from '../tabs/open-tab.ts';
import { config } from './signals.ts';

/** Browsers refuse an address that changes hundreds of times a minute, as it would while a slider moves. */
const ADDRESS_DELAY = 300;

/** Only while it is the address of this tab. */
function writeAddress(): void {
  if (isOpen('digits')) history.replaceState(null, '', `${location.pathname}${location.search}${toHash(config.value)}`);
}

/** Writes each configuration into the address, and hands on what an address that changes chooses. */
export function keepAddress(adopt: (chosen: Config) => Promise<void>): void {
  let delay: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    config.value;
    clearTimeout(delay);
    delay = setTimeout(writeAddress, ADDRESS_DELAY);
  });
  addEventListener('hashchange', () => {
    clearTimeout(delay); // of a choice that the new address overrules
    const settings = settingsOf('digits');
    if (isChoice(settings) || location.hash === '') void adopt(fromHash(settings));
    delay = setTimeout(writeAddress, ADDRESS_DELAY);
  });
}
