/** What the lab does when a visitor asks for it. It is loaded then. */
export { profile } from 'retrograd/bench';
export { checkWeights } from './files.ts';
export { inspectSample } from './inspect-sample.ts';
