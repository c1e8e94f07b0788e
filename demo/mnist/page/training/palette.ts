/** The colours of the page for canvases, which know no CSS variables. */

const tokens = {
  ink: '--ink-soft',
  line: '--line',
  surface: '--surface',
  training: '--accent',
  test: '--positive',
  reached: '--good',
  negative: '--negative',
  positive: '--positive',
} as const;

export type Palette = Record<keyof typeof tokens, string>;

/** As they are now at this element. A token's own value would still be the text 'light-dark(...)'. */
export function paletteAt(element: Element): Palette {
  const probe = element.appendChild(document.createElement('span'));
  const colours = Object.entries(tokens).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(colours) as Palette;
}

/** Calls back when light turns to dark or back; returns what ends that. */
export function onThemeChange(changed: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(changed);
  system.addEventListener('change', changed);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', changed);
    chosen.disconnect();
  };
}
