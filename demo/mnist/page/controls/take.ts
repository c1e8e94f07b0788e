/** Files of the visitor's, chosen or dropped. */
import { signal } from '@preact/signals';
import { useFiles } from '../state/index.ts';

export const isReading = signal(false);

export async function take(files: readonly File[]): Promise<void> {
  if (files.length === 0 || isReading.value) return;
  isReading.value = true;
  await useFiles(files);
  isReading.value = false;
}
