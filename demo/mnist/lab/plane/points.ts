/** Data sets of points on the plane. The same seed gives the same points. */
import { normals, permute, shuffleKey, uniforms } from '../../../../src/base/random.ts';
import type { PlaneDataName, PlanePoint, PlanePoints } from './plane-protocol.ts';

const COUNT = 400;
/** Points lie at most so far from the middle on either axis, before the noise. */
const EXTENT = 5;
/** Streams of random numbers, each of its own. */
const streams = { places: 201, noise: 202, split: 203 } as const;

const { PI, sin, cos, sqrt } = Math;

/** Makes a point of two random numbers from 0 to 1. The first numbers are spread evenly. The kinds of the points alternate. */
type Generator = (isOdd: boolean, u: number, v: number) => PlanePoint;

const generators: Readonly<Record<Exclude<PlaneDataName, 'own'>, Generator>> = {
  // A disc, and a ring around it; the root spreads points evenly over their area.
  circles(isOdd, u, v) {
    const [from, to] = isOdd ? [0, 2.5] : [3.5, EXTENT];
    const radius = sqrt(from ** 2 + u * (to ** 2 - from ** 2));
    return { x1: radius * cos(2 * PI * v), x2: radius * sin(2 * PI * v), y: Number(isOdd) };
  },
  // Class 1 where both coordinates have the same sign; none lie within 0.3 of an axis.
  xor(isOdd, u, v) {
    const apart = (w: number) => 0.3 + w * (EXTENT - 0.3);
    const isRight = u > 0.5;
    const [along, up] = [apart(Math.abs(2 * u - 1)), apart(v)];
    return { x1: isRight ? along : -along, x2: isRight === isOdd ? up : -up, y: Number(isOdd) };
  },
  // Two arms of one turn and three quarters, half a turn apart.
  spirals(isOdd, u) {
    const angle = 2 * PI * 1.75 * u + (isOdd ? PI : 0);
    return { x1: EXTENT * u * sin(angle), x2: EXTENT * u * cos(angle), y: Number(isOdd) };
  },
  // Two half circles of radius 3, each around the end of the other; as scikit-learn's make_moons, centred and larger.
  moons(isOdd, u) {
    const [right, up] = isOdd ? [1 - cos(PI * u), 0.5 - sin(PI * u)] : [cos(PI * u), sin(PI * u)];
    return { x1: 3 * (right - 0.5), x2: 3 * (up - 0.25), y: Number(isOdd) };
  },
  // A plane that rises from −1 in the lower left to 1 in the upper right.
  slope(_, u, v) {
    const [x1, x2] = [u, v].map((w) => EXTENT * (2 * w - 1));
    return { x1, x2, y: (x1 + x2) / (2 * EXTENT) };
  },
};

export interface PointsOptions {
  readonly data: PlaneDataName;
  readonly noise: number;
  /** Percentage of the points to train on. */
  readonly share: number;
  readonly seed: number;
}

/** Points to train on and to test on; all of one's own are trained on. */
export function pointsOf({ data, noise, share, seed }: PointsOptions, own: readonly PlanePoint[]): PlanePoints {
  if (data === 'own') return { train: own, test: [] };
  const places = uniforms(2 * COUNT, seed, streams.places);
  const off = normals(2 * COUNT, seed, streams.noise).map((z) => noise * z);
  const all = Array.from({ length: COUNT }, (_, i): PlanePoint => {
    const even = ((i >> 1) + places[2 * i]) / (COUNT / 2);
    const { x1, x2, y } = generators[data](i % 2 === 1, even, places[2 * i + 1]);
    if (data === 'slope') return { x1, x2, y: y + 0.2 * off[2 * i] };
    return { x1: x1 + off[2 * i], x2: x2 + off[2 * i + 1], y };
  });
  const key = shuffleKey(seed, streams.split);
  const shuffled = all.map((_, i) => all[permute(i, COUNT, key)]);
  const count = Math.round((share / 100) * COUNT);
  return { train: shuffled.slice(0, count), test: shuffled.slice(count) };
}
