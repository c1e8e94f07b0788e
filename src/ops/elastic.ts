/**
 * The control points of elastic distortion (Simard, Steinkraus & Platt 2003), drawn anew for every column in every step:
 * d(p) = Σₖ cₖ B(p/s − k), B the cubic B-spline in each direction, is a smooth random field of displacements. The paper
 * smooths a random number per pixel with a Gaussian instead. B has the variance s²/3 of a Gaussian of deviation σ = s/√3,
 * and with this spacing s of the points and their deviation below, so has the field its deviation and nearly its
 * correlation: at any distance within 0.03 of that.
 */
import elasticWgsl from '../../shaders/elastic.wgsl';
import { literal, TINY, U } from '../base/float32.ts';
import { streams, threefry } from '../base/random.ts';
import { columns, rows } from '../base/tensor.ts';
import type { Attributes, Node } from '../graph/graph.ts';
import type { KernelOp } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { sampleAt } from './gather.ts';
import { byColumn } from './shared/columns.ts';

/** Spacings per pixel for a Gaussian of deviation `sigma`: 12 bits of it, so that a pixel's place among the points is exact. */
export function pitchOf(sigma: number): number {
  const pitch = 1 / (Math.sqrt(3) * sigma);
  const unit = 2 ** (Math.floor(Math.log2(pitch)) - 11);
  return unit * Math.round(pitch / unit);
}

/** Points that an axis of n pixels is under the influence of. */
export const pointsAlong = (n: number, pitch: number): number => Math.floor((n - 1) * pitch) + 4;

/** ∫ B², along one axis in units of s: with points of variance 1 the field has on average the variance of its square. */
const POWER = 151 / 315;
/** Deviation of the sum of four bytes. */
const BYTES = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/**
 * What the sum of bytes is times: the paper's field, α G * u with u uniform in [−1, 1] and a Gaussian G that sums to 1,
 * has the variance α² ∫G² / 3 = α² / (12 π σ²).
 */
export const amplitudeOf = (alpha: number, sigma: number): number =>
  alpha / Math.sqrt(12 * Math.PI * sigma ** 2) / POWER / BYTES;

const amplitude = (attributes: Attributes): number => Math.fround(Number(attributes.amplitude));

/** (step) -> [2, height, width, batch]: x and y of each control point in pixels. Attributes: these sizes, and `amplitude`. */
export const elastic: KernelOp = {
  kind: 'kernel',
  name: 'elastic',
  shape: (_inputs, { height, width, batch }) => [2, Number(height), Number(width), Number(batch)],
  reference: (_inputs, node, step) => byColumn(node.shape, (j) => pointsOf(node, step, j)),
  error: (_inputs, data) => Float64Array.from(data, (x) => U * Math.abs(x) + TINY),
  body: (node, { lanes = 64 } = {}) => {
    const points = rows(node.shape) / 2;
    return {
      shaders: [elasticWgsl],
      constants: {
        COLUMNS: columns(node.shape),
        POINTS: points,
        STREAM: streams.elastic,
        AMPLITUDE: literal(amplitude(node.attributes)),
      },
      operands: {},
      epilogues: { finish: node.shape },
      lanes,
      workgroups: [Math.ceil(columns(node.shape) / lanes), points, 1],
    };
  },
};

function pointsOf({ shape, attributes }: Node, step: StepRow, j: number): number[] {
  const sample = sampleAt(j, step);
  const words = Array.from({ length: rows(shape) / 2 }, (_, k) => threefry(step.random, streams.elastic, sample, k));
  return [0, 1].flatMap((axis) => words.map((pair) => amplitude(attributes) * sumOfBytes(pair[axis])));
}

const sumOfBytes = (word: number): number =>
  (word & 0xff) + ((word >>> 8) & 0xff) + ((word >>> 16) & 0xff) + (word >>> 24) - 510;
