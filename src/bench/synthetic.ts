/** Synthetic data sets for measurements: of any size, fast to make, equal for equal seeds, and learnable. */
import { checkCount, checkKeys } from '../base/arguments.ts';
import { allocate } from '../base/numbers.ts';
import { streams, uniforms } from '../base/random.ts';
import { fromArrays } from '../data/arrays.ts';
import type { Dataset } from '../data/dataset.ts';

const NOISE = 65521; // a prime, so that no sample begins where another did until all places were used

/**
 * Makes a synthetic data set that a net can learn, the same each time: bytes in which every class has a pattern of its own,
 * under as much noise.
 *
 * @param options.count Number of samples.
 * @param options.features Numbers per sample.
 * @param options.outputs Number of classes, which are labels; with 1, the targets are the values 0 and 1.
 * @throws {ArgumentError} For a number that is not a positive integer or an unknown option.
 */
export function synthetic(options: { count: number; features: number; outputs: number }): Dataset {
  checkKeys('synthetic', options, ['count', 'features', 'outputs']);
  const { count, features, outputs } = options;
  for (const [name, value] of Object.entries({ count, features, outputs })) checkCount(`synthetic: ${name}`, value);
  const classes = Math.max(2, outputs);
  const bytes = (n: number, step: number) => Uint8Array.from(uniforms(n, 1, streams.digits, step), (u) => 256 * u);
  const [noise, patterns] = [bytes(NOISE, 1), bytes(classes * features, 2)];
  const x = allocate('synthetic', count * features, (n) => new Uint8Array(n));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
  for (let i = 0; i < count; i++) {
    const pattern = (i % classes) * features;
    let at = (i * features) % NOISE;
    for (let k = 0; k < features; k++) {
      x[i * features + k] = (patterns[pattern + k] + noise[at]) >> 1;
      at = at + 1 === NOISE ? 0 : at + 1;
    }
  }
  const y = outputs > 1 ? { y: labels, classes } : { y: Float32Array.from(labels) };
  return fromArrays({ name: 'synthetic', x, shape: [features], scale: 1 / 255, ...y });
}

/**
 * Makes a data set with the four cases of XOR over and over.
 *
 * @param count Number of samples.
 * @throws {ArgumentError} For a count that is not a positive integer.
 */
export function xorSamples(count: number): Dataset {
  checkCount('xorSamples: count', count);
  const x = allocate('xorSamples', 2 * count, (n) => new Float32Array(n));
  const y = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const [a, b] = [i & 1, (i >> 1) & 1];
    x.set([a, b], 2 * i);
    y[i] = a ^ b;
  }
  return fromArrays({ name: 'xor', x, y, shape: [2] });
}

/** Numbers in ±1, a stretch of them repeated. */
export function numbers(count: number, stream: number): Float32Array {
  const stretch = Float32Array.from(uniforms(Math.min(count, NOISE), 1, stream), (u) => 2 * u - 1);
  return Float32Array.from({ length: count }, (_, i) => stretch[i % stretch.length]);
}
