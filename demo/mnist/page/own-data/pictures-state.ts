/** The pictures that the visitor gave. */
import { computed, signal } from '@preact/signals';
import type { PicturesData } from '../../lab/own-data/own-protocol.ts';
import { byName, classesOf, type PictureClass } from './classes.ts';
import { fail, give } from './own-state.ts';

/** Pixels on a side that pictures can be scaled to. */
export const sides = [12, 16, 24, 32, 48, 64] as const;

interface PicturesChoice {
  readonly classes: readonly PictureClass[];
  readonly side: number;
  readonly channels: PicturesData['channels'];
}

const none: PicturesChoice['classes'] = ['', ''].map((name) => ({ name, files: [] }));

export const pictures = signal<PicturesChoice>({ classes: none, side: 24, channels: 3 });
export const isEmpty = computed(() => pictures.value.classes.every(({ files }) => files.length === 0));

/** There is something to tell apart from two classes on. */
export function change(changes: Partial<PicturesChoice> = {}): void {
  pictures.value = { ...pictures.value, ...changes };
  const { side, channels } = pictures.value;
  const classes = byName(pictures.value.classes);
  void give('pictures', Object.keys(classes).length > 1 ? { kind: 'pictures', classes, side, channels } : undefined);
}

export async function openFolders(files: readonly File[] | Promise<readonly File[]>): Promise<void> {
  try {
    change({ classes: await classesOf(await files) });
  } catch (error) {
    fail(error);
  }
}

export function addFiles(at: number, more: readonly File[]): void {
  const { classes } = pictures.value;
  change({ classes: classes.with(at, { ...classes[at], files: [...classes[at].files, ...more] }) });
}

/** While a name is typed no net is made of it: call `change` at the end. */
export function rename(at: number, name: string): void {
  const { classes } = pictures.value;
  pictures.value = { ...pictures.value, classes: classes.with(at, { ...classes[at], name }) };
}

export const addClass = (): void => change({ classes: [...pictures.value.classes, { name: '', files: [] }] });
export const removeAll = (): void => change({ classes: none });
