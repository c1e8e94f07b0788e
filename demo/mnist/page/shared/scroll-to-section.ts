import { hasActed } from './first-act.ts';

/** The element with this id, once the part of the page that it is in has been loaded; undefined if there is none. */
export async function elementOf(id: string): Promise<HTMLElement | undefined> {
  hasActed.value = true;
  for (;;) {
    const found = document.getElementById(id);
    if (found || !document.querySelector('.later')) return found ?? undefined;
    await new Promise(requestAnimationFrame);
  }
}

/** At once for visitors who do not want motion. */
export async function scrollToSection(id: string): Promise<void> {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  (await elementOf(id))?.scrollIntoView({ behavior: still ? 'auto' : 'smooth' });
}
