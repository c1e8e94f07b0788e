/**
 * Benchmarks: workloads, and what measures them.
 *
 * @module retrograd/bench
 */
export { median, type Spread } from '../base/statistics.ts';
export { type Counter, type Counts, countCalls, type Maker } from './counting.ts';
export { flopOf } from './flop.ts';
export { matmul } from './matmul.ts';
export { type Measurement, type MeasureOptions, measure, type PerStep, type StepProfile } from './measure.ts';
export { type NetworkWorkOptions, network } from './network.ts';
export { type KernelTime, type Profile, profile } from './profile.ts';
export { synthetic, xorSamples } from './synthetic.ts';
export type { Prepared, Work } from './work.ts';
export { works } from './works.ts';
