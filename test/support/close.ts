/** Tensors against those of PyTorch. */
import { expect } from 'vitest';
import type { Shape } from '../../src/base/tensor.ts';

export type Tensors = Readonly<Record<string, { readonly shape: Shape; readonly data: ArrayLike<number> }>>;

/** The same keys and shapes, and every element within 1e-5 of the largest one. */
export function expectClose(found: Tensors, expected: Tensors): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, { shape, data }] of Object.entries(expected)) {
    expect(found[key].shape, key).toEqual(shape);
    const most = Math.max(...Array.from(data, Math.abs));
    const off = Math.max(...Array.from(data, (value, i) => Math.abs(found[key].data[i] - value)));
    expect(off / most, key).toBeLessThan(1e-5);
  }
}
