/** Accesses to a tensor in parts, in the texts that the linker puts together. */
import { expect, test } from 'vitest';
import { throughAccessors } from '../../src/compiler/split.ts';

const split = { bytes: 64, parts: new Map([['A', 2]]) };

test.each([
  ['a read', '  let a = A[4u * i];', '  let a = A_load(4u * i);'],
  ['a write', '  A[row * 4u + col] = B[i] + 1.0;', '  A_store(row * 4u + col, B[i] + 1.0);'],
  ['a write of what it reads', '  A[i] = A[j] - A[i];', '  A_store(i, A_load(j) - A_load(i));'],
  ['an index out of itself', 'return A[u32(A[B[i]])];', 'return A_load(u32(A_load(B[i])));'],
  ['another name that ends or begins so', 'return DATA[i] + A2[i] + dA[i];', 'return DATA[i] + A2[i] + dA[i];'],
  ['a member of a struct', 'return p.A[0] + A[0];', 'return p.A[0] + A_load(0);'],
])('%s', (_, text, through) => {
  expect(throughAccessors(text, split)).toBe(through);
  expect(throughAccessors(text)).toBe(text);
});
