/** The kinds of layers that the page offers, which vite.config.ts builds into it in place of all of the library's. */
import { activationKind } from '../../../src/nn/layers/activation.ts';
import { denseKind } from '../../../src/nn/layers/dense.ts';

export const kinds = { activation: activationKind, dense: denseKind };
