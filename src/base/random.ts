/**
 * Counter-based random numbers: Threefry-2x32, 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as
 * 1, 2, 3"). A number depends on (seed, stream, step, index) and on nothing drawn before it, so resuming is exact and
 * the GPU can draw the same bits. `permute`, `elementBits` and `threefry` have
 * twins in shaders/shared/random.wgsl and shaders/shared/threefry.wgsl: change both or neither.
 */
import { ArgumentError } from './errors.ts';
import { showValue } from './show-value.ts';

/** One stream per use: streams of one seed are independent of each other. */
export const streams = { init: 1, shuffle: 2, digits: 3, step: 4, affine: 5, elastic: 6, heldOut: 7 } as const;

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const parity = 0x1bd11bda;

/** The block cipher itself: two u32 words for each (key, counter). */
export function threefry(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0, key1, parity ^ key0 ^ key1];
  let a = (counter0 + key0) | 0;
  let b = (counter1 + key1) | 0;
  for (let round = 0; round < 20; round++) {
    const r = rotations[round & 7];
    a = (a + b) | 0;
    b = ((b << r) | (b >>> (32 - r))) ^ a;
    if ((round & 3) !== 3) continue;
    const injection = (round + 1) >> 2;
    a = (a + keys[injection % 3]) | 0;
    b = (b + keys[(injection + 1) % 3] + injection) | 0;
  }
  return [a >>> 0, b >>> 0];
}

/** Throws ArgumentError unless `seed` is an integer in [0, 2^32). */
export function checkSeed(seed: unknown, what = 'seed'): void {
  if (typeof seed === 'number' && seed >>> 0 === seed) return;
  throw new ArgumentError(`${what}: expected an integer from 0 to 4294967295, found ${showValue(seed)}`);
}

/**
 * Random u32 words; word i belongs to counter (step, i / 2). A longer draw begins with the shorter one, and one that starts
 * at an even word `first` goes on where a draw of so many ends.
 * Throws ArgumentError for a seed that is not a u32.
 */
export function words(count: number, seed: number, stream: number, step = 0, first = 0): Uint32Array {
  checkSeed(seed);
  const out = new Uint32Array(count);
  for (let i = 0; i < count; i += 2) [out[i], out[i + 1]] = threefry(seed, stream, step, (first + i) / 2);
  return out;
}

/** Uniform in the open interval (0, 1): (word + 1/2) / 2^32. */
export function uniforms(count: number, seed: number, stream: number, step = 0, first = 0): Float64Array {
  const out = new Float64Array(words(count, seed, stream, step, first));
  for (let i = 0; i < count; i++) out[i] = (out[i] + 0.5) / 2 ** 32;
  return out;
}

/** A word as a number uniform in [−1, 1) that is exact in f32: (word >> 8) / 2²³ − 1. */
export const symmetric = (word: number): number => (word >>> 8) * 2 ** -23 - 1;

/** Normal with mean 0 and variance 1, by Box-Muller: sqrt(-2 ln u) (cos 2πv, sin 2πv). */
export function normals(count: number, seed: number, stream: number, step = 0, first = 0): Float64Array {
  const u = uniforms(count + (count & 1), seed, stream, step, first);
  for (let i = 0; i < u.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(u[i]));
    const angle = 2 * Math.PI * u[i + 1];
    u[i] = radius * Math.cos(angle);
    u[i + 1] = radius * Math.sin(angle);
  }
  return u.subarray(0, count);
}

/** The key of `permute` for one epoch's order of the samples. */
export function shuffleKey(seed: number, epoch: number): number {
  checkSeed(seed);
  return threefry(seed, streams.shuffle, epoch, 0)[0];
}

/** The key of what is random in training step number `step`, counted from 0, the order of the samples aside. */
export const stepKey = (seed: number, step: number): number => threefry(seed, streams.step, step, 0)[0];

/** A 32-bit bijection whose every output bit depends on every input bit ("lowbias32", Wellons 2018). */
function mix(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

const golden = 0x9e3779b9;

/**
 * 32 random bits for one element of a tensor, given the key of a step: h ← mix(h ⊕ mix(word + golden)) over the words
 * stream, row and column, from h = key. A hash of three rounds, where a mask needs no cipher.
 */
export function elementBits(key: number, stream: number, row: number, column: number): number {
  let h = key;
  for (const word of [stream, row, column]) h = mix(h ^ mix((word + golden) | 0));
  return h >>> 0;
}

/** Samples that a shuffle takes. */
export const MOST_SHUFFLED = 2 ** 31;

/**
 * Where a shuffle keyed by `key` sends `index`: a bijection of [0, count) for count up to MOST_SHUFFLED, without a table.
 * A Feistel network over the smallest power of two that holds `count`, walked until it lands inside (fewer than two
 * walks on average). An index outside [0, count) comes back as it is, so idle GPU lanes end too.
 */
export function permute(index: number, count: number, key: number): number {
  if (index >= count) return index;
  const bits = 32 - Math.clz32(count - 1);
  const rightBits = (bits + 1) >>> 1;
  const rightMask = 2 ** rightBits - 1;
  const leftMask = 2 ** (bits - rightBits) - 1;
  const rounds = bits < 8 ? 16 : 6; // a round mixes little where there is little to mix
  let x = index;
  do {
    let left = x >>> rightBits;
    let right = x & rightMask;
    for (let round = 0; round < rounds; round += 2) {
      left ^= mix((right + key + Math.imul(round, golden)) | 0) & leftMask;
      right ^= mix((left + key + Math.imul(round + 1, golden)) | 0) & rightMask;
    }
    x = ((left << rightBits) | right) >>> 0;
  } while (x >= count);
  return x;
}
