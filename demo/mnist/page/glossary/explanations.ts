/** The texts of the glossary. They are not part of the first view. */
import { effect, signal } from '@preact/signals';
import { hasActed } from '../shared/first-act.ts';
import type { TermName } from './terms.ts';

export const explanations = signal<Readonly<Record<TermName, string>>>();

/** Loads them, once. */
export async function explain(): Promise<void> {
  explanations.value ??= (await import('./terms.ts')).terms;
}

// Before a screen reader comes to a word: its description has to be there when the word gets the focus.
effect(() => {
  if (hasActed.value) explain().catch(() => {}); // asked for again when a word is pointed at
});
