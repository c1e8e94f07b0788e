// The matrix product alone, C = A B in f32, A and B on the device; GFLOP/s counts 2 size³ operations.
import { uniform } from '../random.mjs';

const steps = { 256: 100, 512: 30, 1024: 10, 2048: 3 };

export const products = [256, 512, 1024, 2048].map((size) => ({
  name: `matmul-${size}`,
  kind: 'product',
  title: `matrix product of two ${size}×${size} matrices in f32`,
  size,
  warmUp: 1,
  steps: steps[size],
  trial: Math.ceil(steps[size] / 5),
  material: () => ({ a: matrix(size, 1), b: matrix(size, 2) }),
}));

function matrix(size, seed) {
  const next = uniform(seed);
  return Float32Array.from({ length: size * size }, () => 2 * next() - 1);
}

/** Largest error among 200 elements of a product, against sums in double precision. */
export function errorOf(product, { a, b }, size) {
  if (product.length !== size * size) return Number.POSITIVE_INFINITY;
  const next = uniform(3);
  const errors = Array.from({ length: 200 }, () => {
    const [row, column] = [Math.floor(next() * size), Math.floor(next() * size)];
    let sum = 0;
    for (let k = 0; k < size; k++) sum += a[row * size + k] * b[k * size + column];
    return Math.abs(sum - product[row * size + column]);
  });
  return Math.max(...errors); // NaN if any is
}
