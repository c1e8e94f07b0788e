/** The functions of the library that hidden layers are made with. Those that dense nets do without are loaded with the first net that has them. */
import { dense } from 'retrograd';
import type { HiddenLayer } from '../layers.ts';
import { activations } from './choices.ts';

const ofDense = { dense, activations };
export type Library = typeof ofDense & typeof import('./more-layers.ts');

/** All that these layers name. */
export async function libraryFor(hidden: readonly HiddenLayer[]): Promise<Library> {
  const isDense = hidden.every(({ kind }) => kind === 'dense');
  return { ...ofDense, ...(isDense ? {} : await import('./more-layers.ts')) } as Library;
}
