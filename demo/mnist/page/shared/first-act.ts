/** Whether the visitor has done anything yet. What is not in sight until then is not loaded before. */
import { signal } from '@preact/signals';

export const hasActed = signal(false);

const acts = ['click', 'focusin', 'keydown', 'pointerdown', 'scroll'];
const options = { capture: true, passive: true };
const act = (): void => {
  hasActed.value = true;
  for (const kind of acts) removeEventListener(kind, act, options);
};
for (const kind of acts) addEventListener(kind, act, options);
