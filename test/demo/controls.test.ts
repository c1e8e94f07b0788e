/** What the settings of the page make of what is typed, slid and found. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits, usual } from '../../demo/mnist/config.ts';
import { amount, settings, state } from '../../demo/mnist/page/controls/phrases.ts';
import { positionOf, rateAt, slider } from '../../demo/mnist/page/controls/rate-slider.ts';
import { read } from '../../demo/mnist/page/controls/read-number.ts';

const units = { least: 1, most: 2048 };

describe('read', () => {
  test.each([
    ['32', 32],
    [' 2048 ', 2048],
    ['1e2', 100],
  ])('%j is a number of units', (text, value) => {
    expect(read(text, units, true)).toEqual({ value });
  });

  test.each(['', ' ', '0', '2049', '3.5', '-1', 'many', 'NaN', '1,5'])('%j is none, and it says what is', (text) => {
    expect(read(text, units, true)).toEqual({ message: 'A whole number from 1 to 2,048.' });
  });

  test.each([
    ['0.01', 0.01],
    ['0,01', 0.01],
    [',5', 0.5],
    ['1e-3', 0.001],
    ['0', 0],
  ])('%j is a learning rate', (text, value) => {
    expect(read(text, limits.learningRate, false)).toEqual({ value });
  });

  test.each(['1,000,000', '-0.1', '101', 'Infinity'])('%j is none', (text) => {
    expect(read(text, limits.learningRate, false)).toEqual({ message: 'A number from 0 to 100.' });
  });
});

describe('the slider of the learning rate', () => {
  const steps = Math.round((slider.most - slider.least) / slider.step);

  test('every place gives a rate within the limits, and stands there again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: steps }), (step) => {
        const position = slider.least + step * slider.step;
        const rate = rateAt(position);
        expect('value' in read(String(rate), limits.learningRate, false)).toBe(true);
        expect(Math.abs(positionOf(rate) - position)).toBeLessThan(slider.step / 2);
      }),
    );
  });

  test('two places never give the same rate', () => {
    const rates = Array.from({ length: steps + 1 }, (_, step) => rateAt(slider.least + step * slider.step));
    expect(new Set(rates).size).toBe(steps + 1);
  });

  test('a rate beyond an end stands at the end', () => {
    expect(positionOf(0)).toBe(slider.least);
    expect(positionOf(100)).toBe(slider.most);
  });
});

describe('words', () => {
  test('settings', () => {
    expect(settings(usual)).toBe('Generated digits · 784 → 32 → 10 · Adam at\u00a00.005');
  });

  test('state', () => {
    expect(state('paused', 0, false)).toBe('Ready');
    expect(state('paused', 3, false)).toBe('Paused');
    expect(state('preparing', 0, true)).toBe('Downloading');
  });

  test('amount, with and without a total', () => {
    const file = 'https://example.org/mnist/train-images-idx3-ubyte.gz';
    expect(amount({ file, received: 3_210_000, total: 9_912_422 })).toBe('train-images-idx3-ubyte.gz, 3.2 of 9.9 MB');
    expect(amount({ file, received: 3_210_000 })).toBe('train-images-idx3-ubyte.gz, 3.2 MB');
  });
});
