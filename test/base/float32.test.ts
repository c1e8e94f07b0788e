/** What f32 and WGSL allow, against the accuracy table of the WGSL specification and numbers worked out by hand. */
import { expect, test } from 'vitest';
import {
  DIVISION,
  expError,
  expMinusOneError,
  isFinite32,
  literal,
  logError,
  TINY,
  U,
} from '../../src/base/float32.ts';

test('units are those of 24 binary digits', () => {
  expect(Math.fround(1 + U)).toBe(1);
  expect(Math.fround(1 + 2 * U)).toBeGreaterThan(1);
  expect(TINY).toBeCloseTo(1.17549435e-38, 46); // FLT_MIN of C
  expect(DIVISION / U).toBe(5); // 2.5 ULP
});

test('exp errs by 3 + 2 |x| ULP, on both sides of 0', () => {
  expect([-10, 0, 1].map((x) => expError(x) / (2 * U))).toEqual([23, 3, 5]);
});

test('log errs by 2⁻²¹ in [0.5, 2], and by 3 ULP of its value elsewhere', () => {
  expect([0.5, 1, 2].map(logError)).toEqual([2 ** -21, 2 ** -21, 2 ** -21]);
  for (const x of [0.25, 0.4999, 2.0001, 1e30])
    expect(logError(x) / Math.abs(Math.log(x))).toBeCloseTo(3 * 2 ** -23, 12);
});

test('exp(x) − 1 errs by the units of its series from −½ on, below by those of exp and of a difference together', () => {
  expect(expMinusOneError(-0.25) / U).toBeCloseTo(8 * 0.2211992169, 8);
  expect(expMinusOneError(-0.5) / U).toBeCloseTo(2 * 4 * 0.6065306597 + 0.3934693403, 8);
  expect(expMinusOneError(-1) / U).toBeCloseTo(2 * 5 * 0.3678794412 + 0.6321205588, 8);
});

test('a literal is of type f32, and the number as f32 has it', () => {
  expect([1, -3, 0.5, 1e-10, 2 ** 24 + 1].map(literal)).toEqual([
    '1.0',
    '-3.0',
    '0.5',
    '1.000000013351432e-10',
    '16777216.0',
  ]);
});

test('a number is finite in f32 up to its largest', () => {
  const largest = (2 - 2 ** -23) * 2 ** 127;
  expect([0, -largest, largest, 1e39, Number.NaN, '1', undefined].map(isFinite32)).toEqual([
    ...[true, true, true],
    ...[false, false, false, false],
  ]);
});
