/** All activations at once, with their code: for the command, the demo and tests. */
import type { ActivationName } from '../../ops/activation-table.ts';
import { exactGelu } from './exact-gelu.ts';
import type { LayerActivation } from './layer.ts';
import { usualActivations } from './registry.ts';

/** σ of `dense(10, σ)` and of the others that take one. */
export const activations: Readonly<Record<ActivationName | 'softmax', LayerActivation>> = {
  ...usualActivations,
  exactGelu,
};
