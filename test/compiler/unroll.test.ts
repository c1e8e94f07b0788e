/** Loops written out by the linker. */
import { describe, expect, it } from 'vitest';
import { unroll } from '../../src/compiler/unroll.ts';

const nested = `before(r);
  for (var r = 0u; r < ROWS; r++) { // @unroll
    let row = first + r; // r is not rows
    for (var v = 0u; v < COLUMNS; v++) { // @unroll
      c[r][v] = row * v;
    }
  }
after();`;

describe('unroll', () => {
  it('writes out marked loops, inner ones too, with literal indices', () => {
    const [, loop] = unroll(nested, { ROWS: 2, COLUMNS: 1 }).split('\n');
    expect(loop.trim()).toBe(
      '{let row = first + 0u; {c[0u][0u] = row * 0u;}} {let row = first + 1u; {c[1u][0u] = row * 0u;}}',
    );
  });

  it('keeps the number of every other line', () => {
    const lines = unroll(nested, { ROWS: 2, COLUMNS: 1 }).split('\n');
    expect(lines).toHaveLength(nested.split('\n').length);
    expect(lines.at(-1)).toBe('after();');
  });

  it('leaves other loops alone', () => {
    const plain = nested.replaceAll(' // @unroll', '');
    expect(unroll(plain, {})).toBe(plain);
  });

  it('refuses a bound that is no constant', () => {
    expect(() => unroll(nested, { ROWS: 2 })).toThrow('@unroll: the bound COLUMNS is not among the constants');
  });
});
