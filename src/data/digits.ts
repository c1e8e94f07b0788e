/**
 * `digits`: handwritten-looking digits generated on the spot, 28×28 bytes like MNIST. Each image is a glyph whose control
 * points are jittered, bent, slanted, rotated, scaled and shifted, drawn with a pen of some thickness and softness over
 * light noise. Image i of a seed is the same however many are asked for.
 */
import { checkKeys, isCount } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { allocate } from '../base/numbers.ts';
import { checkSeed, permute, shuffleKey, streams, words } from '../base/random.ts';
import { showValue } from '../base/show-value.ts';
import { made } from './checked-dataset.ts';
import type { Dataset, DatasetPair } from './dataset.ts';
import { type Glyph, glyphs } from './glyphs.ts';

/** Options of {@link digits}. */
export interface DigitsOptions {
  /** Number of training samples. Default: 10 000. */
  train?: number;
  /** Number of test samples; none of them is a training sample. Default: 2000. */
  test?: number;
  /** Seed of the drawings, an integer from 0 to 2³² − 1. Default: 1. */
  seed?: number;
}

const side = 28;
const pixels = side * side;
/** Beyond every training sample, and a multiple of ten, so that tens of test samples are tens of digits too. */
const firstTest = 2 ** 31 - 8;

/**
 * Generates images of handwritten-looking digits, `[28, 28]` in bytes with ten classes, like MNIST; no files are needed.
 *
 * Sample i of a seed is the same however many are asked for, and every ten samples hold each digit once.
 *
 * @throws {ArgumentError} For a number of samples that is not a positive integer, or an invalid seed or option.
 * @throws {OutOfMemoryError} For more samples than memory holds.
 */
export function digits(options: DigitsOptions = {}): DatasetPair {
  checkKeys('digits', options, ['train', 'test', 'seed']);
  const { train = 10000, test = 2000, seed = 1 } = options;
  checkSeed(seed, 'digits: seed');
  return {
    train: drawMany('digits train', train, seed, 0),
    test: drawMany('digits test', test, seed, firstTest),
    source: 'generated',
  };
}

function drawMany(name: string, count: number, seed: number, first: number): Dataset {
  if (!isCount(count) || count > firstTest) {
    throw new ArgumentError(`${name}: expected a count of 1 to ${firstTest} samples, found ${showValue(count)}`);
  }
  const images = allocate(name, count * pixels, (n) => new Uint8Array(n));
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = labelOf(first + i, seed);
    draw(images.subarray(i * pixels, (i + 1) * pixels), labels[i], words(drawn, seed, streams.digits, first + i));
  }
  return made({
    name,
    count,
    shape: [side, side],
    inputs: { kind: 'values', data: images, size: pixels, scale: 1 / 255 },
    targets: { kind: 'labels', data: labels, size: 10, scale: 1 },
    classNames: Array.from('0123456789'),
  });
}

/** Every ten samples hold every digit once, in an order of their own. */
function labelOf(index: number, seed: number): number {
  const ten = Math.floor(index / 10);
  return permute(index - 10 * ten, 10, shuffleKey(seed, ten));
}

const styleWords = 64; // 11 for the hand, two for each of at most 26 control points
const drawn = styleWords + pixels / 4; // a byte of noise per pixel

function draw(image: Uint8Array, digit: number, random: Uint32Array): void {
  let next = 0;
  const uniform = (from: number, to: number) => from + ((to - from) * (random[next++] + 0.5)) / 2 ** 32;
  const shapes = glyphs[digit];
  const glyph = shapes[Math.floor(uniform(0, shapes.length))];
  const radius = uniform(...hand.radius);
  const softness = uniform(...hand.softness);
  const points = place(glyph, radius, uniform);
  const distances = new Float32Array(pixels).fill(Infinity); // squared, to the nearest stroke
  for (const run of glyph.runs) penRun(run, points, distances, radius + softness);
  ink(image, distances, radius, softness, uniform(...hand.noise), new Uint8Array(random.buffer, 4 * styleWords));
}

type Range = readonly [number, number];
type Uniform = (from: number, to: number) => number;

/** The ranges of everything in which two hands differ; lengths in pixels, angles in radians. */
const hand = {
  radius: [0.9, 1.9],
  softness: [0.8, 1.6],
  noise: [0, 40],
  jitter: [-0.06, 0.06],
  bend: [-0.15, 0.15],
  width: [11, 17],
  height: [16, 21],
  slant: [-0.2, 0.5],
  rotation: [-0.2, 0.2],
  shift: [-2.7, 2.7],
} as const satisfies Record<string, Range>;

/** Control points in pixels: jittered, bent, scaled, slanted, rotated, then moved, but not over the edge. */
function place(glyph: Glyph, radius: number, uniform: Uniform): Float64Array {
  const bend = uniform(...hand.bend);
  const [width, height] = [uniform(...hand.width), uniform(...hand.height)];
  const slant = uniform(...hand.slant);
  const rotation = uniform(...hand.rotation);
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const shifts = [uniform(...hand.shift), uniform(...hand.shift)];
  const points = new Float64Array(2 * glyph.points.length);
  glyph.points.forEach(([px, py], i) => {
    const y = (py + uniform(...hand.jitter)) * height;
    const x = (px + uniform(...hand.jitter) + bend * (1 - 4 * py * py)) * width - slant * y;
    points[2 * i] = cos * x - sin * y;
    points[2 * i + 1] = sin * x + cos * y;
  });
  for (const axis of [0, 1]) centre(points, axis, shifts[axis], radius + 1);
  return points;
}

/** Moves the points so that their extent lies `shift` off the middle, less where that would leave the image. */
function centre(points: Float64Array, axis: number, shift: number, margin: number): void {
  let [low, high] = [Infinity, -Infinity];
  for (let i = axis; i < points.length; i += 2) {
    low = Math.min(low, points[i]);
    high = Math.max(high, points[i]);
  }
  const room = Math.max(0, (side - (high - low)) / 2 - margin);
  const move = (side - low - high) / 2 + Math.max(-room, Math.min(room, shift));
  for (let i = axis; i < points.length; i += 2) points[i] += move;
}

const pieces = 6;

/** A Catmull-Rom curve through the points of a run, in straight pieces; its ends repeat. */
function penRun(run: readonly number[], points: Float64Array, distances: Float32Array, reach: number): void {
  const at = (i: number, axis: number) => points[2 * run[Math.max(0, Math.min(run.length - 1, i))] + axis];
  let [x0, y0] = [at(0, 0), at(0, 1)];
  for (let i = 0; i + 1 < run.length; i++) {
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces;
      const x1 = catmullRom(at(i - 1, 0), at(i, 0), at(i + 1, 0), at(i + 2, 0), t);
      const y1 = catmullRom(at(i - 1, 1), at(i, 1), at(i + 1, 1), at(i + 2, 1), t);
      penSegment(x0, y0, x1, y1, distances, reach);
      [x0, y0] = [x1, y1];
    }
  }
}

function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Lowers the squared distance of every pixel within `reach` of a straight segment. */
function penSegment(x0: number, y0: number, x1: number, y1: number, distances: Float32Array, reach: number): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const inverse = 1 / (dx * dx + dy * dy + 1e-12);
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(side - 1, Math.ceil(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(side - 1, Math.ceil(Math.max(y0, y1) + reach));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [px, py] = [column + 0.5 - x0, row + 0.5 - y0]; // from the segment's start to the pixel's middle
      const t = Math.max(0, Math.min(1, (px * dx + py * dy) * inverse));
      const [ex, ey] = [px - t * dx, py - t * dy];
      const squared = ex * ex + ey * ey;
      if (squared < distances[row * side + column]) distances[row * side + column] = squared;
    }
  }
}

/** Full ink inside the pen's radius, fading over `softness` pixels around it; noise of up to `noise` either way. */
function ink(
  image: Uint8Array,
  distances: Float32Array,
  radius: number,
  softness: number,
  noise: number,
  grain: Uint8Array,
): void {
  for (let i = 0; i < pixels; i++) {
    const shade = Math.max(0, Math.min(1, 0.5 + (radius - Math.sqrt(distances[i])) / softness));
    const value = 255 * shade + noise * (grain[i] / 128 - 1);
    image[i] = Math.max(0, Math.min(255, Math.round(value)));
  }
}
