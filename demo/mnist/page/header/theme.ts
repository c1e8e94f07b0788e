/** Light or dark: as the system has it, unless the visitor chose. */
import { effect, signal } from '@preact/signals';

export const themes = { auto: 'Auto', light: 'Light', dark: 'Dark' } as const;
export type Theme = keyof typeof themes;

const KEY = 'retrograd-theme';

/** Storage may be forbidden; then the choice lasts as long as the page. */
function remembered(): Theme {
  try {
    const value = localStorage.getItem(KEY) ?? '';
    return Object.hasOwn(themes, value) ? (value as Theme) : 'auto';
  } catch {
    return 'auto';
  }
}

function remember(value: Theme): void {
  try {
    localStorage.setItem(KEY, value);
  } catch {}
}

export const theme = signal<Theme>(remembered());

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === 'auto') delete dataset.theme;
  else dataset.theme = theme.value;
  remember(theme.value);
});
