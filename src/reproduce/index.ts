/** Every recipe, by the name that `retrograd reproduce --recipe` takes. */
import { lecun300, lecun300x100 } from './lecun.ts';
import { nielsen30, nielsen100 } from './nielsen.ts';
import type { Recipe } from './recipe.ts';
import { simard800 } from './simard.ts';

export type { Recipe } from './recipe.ts';

export const recipes = {
  'nielsen-30': nielsen30,
  'nielsen-100': nielsen100,
  'lecun-300': lecun300,
  'lecun-300-100': lecun300x100,
  'simard-800': simard800,
} satisfies Record<string, Recipe>;
