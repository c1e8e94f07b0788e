/** The error bound of sums of products of two factors, shared by all ops that compute such sums. */
import { TINY, U } from '../../base/float32.ts';
import type { Value } from '../../graph/op.ts';

/** Σ of term(a, b) over the pairs of elements whose products make up each element of the result, in f64. */
export type Contract = (factors: readonly Value[], term: (a: number, b: number) => number) => Float64Array;

/**
 * K 2⁻²⁴ Σ|a||b| for the arithmetic of K products, whatever the order of the additions; factors and products below the
 * smallest normal number may count as 0; and what the errors of A and B do to each product.
 */
export function productError([a, b]: readonly Value[], K: number, contract: Contract): Float64Array {
  const rounding = (x: number, y: number) => K * U * Math.abs(x * y) + TINY * (Math.abs(x) + Math.abs(y) + 1);
  const error = contract([a, b], rounding);
  if (!a.error && !b.error) return error;
  const exact = (value: Value) => value.error ?? new Float64Array(value.data.length);
  const magnitude = (value: Value) => ({ ...value, data: Float64Array.from(value.data, Math.abs) });
  const largest = (value: Value) => {
    const e = exact(value);
    return { ...value, data: Float64Array.from(value.data, (x, i) => Math.abs(x) + e[i]) };
  };
  const product = (x: number, y: number) => x * y;
  const throughA = contract([{ ...a, data: exact(a) }, largest(b)], product);
  const throughB = contract([magnitude(a), { ...b, data: exact(b) }], product);
  return error.map((e, i) => e + throughA[i] + throughB[i]);
}
