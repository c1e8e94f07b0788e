import type { ActivationName as LibraryActivation } from '../../src/ops/activation-table.ts';

/** Names of the activations of a hidden layer: those of the library, whose code the page need not load. */
export const activations = {
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  leakyRelu: 'leakyRelu',
  elu: 'elu',
  gelu: 'gelu',
  exactGelu: 'exactGelu',
  silu: 'silu',
  softplus: 'softplus',
  mish: 'mish',
  relu6: 'relu6',
  hardSigmoid: 'hardSigmoid',
  hardSwish: 'hardSwish',
  selu: 'selu',
  linear: 'linear',
} as const satisfies { readonly [N in LibraryActivation]: N };

export type ActivationName = keyof typeof activations;
