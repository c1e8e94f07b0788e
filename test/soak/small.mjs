// What the soaks share: a small net, its samples, and the hash of all that it trains by.
import { createHash } from 'node:crypto';
import { adam, compile, dense, fromArrays, relu, sequential, softmaxCrossEntropy } from './library.mjs';

const count = 256;

/** Two classes of points. */
export const data = fromArrays({
  x: Array.from({ length: count }, (_, i) => [Math.cos(i) * (1 + (i % 2)), Math.sin(i) * (1 + (i % 2))]),
  y: Array.from({ length: count }, (_, i) => i % 2),
});
export const batch = 16;
/** Steps in an epoch. */
export const perEpoch = count / batch;

export const smallNet = (device) =>
  compile(sequential([2], [dense(8, relu), dense(2)]), {
    ...{ device, batch, seed: 7, tune: 'off', keep: [] },
    ...{ loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.001 }) },
  });

/** Of all parameters, moments and counts of a net. */
export const hashOf = async (net) =>
  createHash('sha256')
    .update(await net.save())
    .digest('hex');

/** Bytes of memory that one more of something takes, by a straight line through the points [how many, bytes]. */
export function slope(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([n]) => n)), mean(points.map(([, bytes]) => bytes))];
  const spread = points.reduce((sum, [n]) => sum + (n - x) ** 2, 0);
  return points.reduce((sum, [n, bytes]) => sum + (n - x) * (bytes - y), 0) / spread;
}
