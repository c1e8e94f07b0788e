/** Every recipe, by the name that `retrograd reproduce --recipe` takes. */
import { ciresan2010 } from './ciresan.ts';
import { lecun300, lecun300x100, lenet5, lenet5Distorted } from './lecun.ts';
import { nielsen30, nielsen100, nielsenConvolutional } from './nielsen.ts';
import type { Recipe } from './recipe.ts';
import { simard800, simard800Elastic } from './simard.ts';

export type { Recipe } from './recipe.ts';

export const recipes = {
  'nielsen-30': nielsen30,
  'nielsen-100': nielsen100,
  'nielsen-conv': nielsenConvolutional,
  'lecun-300': lecun300,
  'lecun-300-100': lecun300x100,
  'lenet-5': lenet5,
  'lenet-5-distorted': lenet5Distorted,
  'simard-800': simard800,
  'simard-800-elastic': simard800Elastic,
  'ciresan-2010': ciresan2010,
} satisfies Record<string, Recipe>;
