/** The optimizers. */
export * from './adam.ts';
export type { Decayed, Optimizer, Penalty } from './optimizer.ts';
export * from './rmsprop.ts';
export * from './sgd.ts';
