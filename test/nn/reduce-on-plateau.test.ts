/** reduceOnPlateau against PyTorch's ReduceLROnPlateau, and what it keeps. */
import { expect, test } from 'vitest';
import {
  afterEpoch,
  isLearningRate,
  type LearningRate,
  lastSeen,
  learningRateAt,
  reduceOnPlateau,
  warmUp,
} from '../../src/nn/learning-rate.ts';
import { plateaus } from '../oracle/training/training.json' with { type: 'json' };

interface Options {
  factor?: number;
  patience?: number;
  threshold?: number;
  threshold_mode?: string;
  cooldown?: number;
  min_lr?: number;
  mode?: string;
}

test.each(plateaus.map(({ options, ...rest }) => ({ options: options as Options, ...rest })))(
  'the rates of PyTorch with $options',
  ({ options, values, rates }) => {
    const { threshold_mode, min_lr, mode, ...same } = options;
    const thresholdMode = threshold_mode === 'abs' ? 'absolute' : undefined;
    let rate: LearningRate = reduceOnPlateau({ from: 0.5, ...same, to: min_lr, thresholdMode });
    const found = values.map((value, i) => {
      rate = JSON.parse(JSON.stringify(afterEpoch(rate, { epoch: i + 1, value, highest: mode === 'max' })));
      expect(isLearningRate(rate)).toBe(true);
      expect(lastSeen(rate)).toBe(i + 1);
      return learningRateAt(rate, 1000 * i);
    });
    found.forEach((value, i) => void expect(value / rates[i], `epoch ${i + 1}`).toBeCloseTo(1, 8));
  },
);

test('within a warm-up it looks at epochs too, and other rates do not', () => {
  let rate: LearningRate = warmUp({ steps: 10, rate: reduceOnPlateau({ from: 0.5, patience: 0 }) });
  for (const epoch of [1, 2]) rate = afterEpoch(rate, { epoch, value: 1, highest: false });
  expect(learningRateAt(rate, 10)).toBeCloseTo(0.05, 12);
  expect(learningRateAt(rate, 4)).toBeCloseTo(0.025, 12);
  expect(lastSeen(rate)).toBe(2);
  expect(lastSeen(0.1)).toBeUndefined();
  expect(afterEpoch(0.1, { epoch: 1, value: 1, highest: false })).toBe(0.1);
});

test('a loss of 0 and one that is tiny are numbers like any other', () => {
  let rate: LearningRate = reduceOnPlateau({ from: 1e-37, patience: 0 });
  for (const [i, value] of [1e-45, 0, 0, 0].entries()) rate = afterEpoch(rate, { epoch: i + 1, value, highest: false });
  expect(isLearningRate(JSON.parse(JSON.stringify(rate)))).toBe(true);
});

const seen = { rate: 0.1, best: 1, waited: 0, cooling: 0, epoch: 3 };
test.each([
  ['no number', { ...seen, best: null }],
  ['a rate below 0', { ...seen, rate: -1 }],
  ['half an epoch', { ...seen, epoch: 1.5 }],
  ['something missing', { rate: 0.1, best: 1, waited: 0, cooling: 0 }],
  ['something more', { ...seen, more: 1 }],
  ['nothing of the kind', 'seen'],
])('a file in which what it has seen is %s has no such rate', (_what, seen) => {
  const rate = reduceOnPlateau({ from: 0.5 });
  expect(isLearningRate({ ...rate, seen })).toBe(false);
  expect(isLearningRate({ ...rate, thresholdMode: 'rel' })).toBe(false);
});

test.each([
  [{}, 'reduceOnPlateau: from must be a finite number ≥ 0, found undefined'],
  [{ from: 1, factor: 1 }, 'reduceOnPlateau: factor must be a number above 0 and below 1, found 1'],
  [{ from: 1, patience: -1 }, 'reduceOnPlateau: patience must be an integer ≥ 0, found -1'],
  [{ from: 1, cooldown: 0.5 }, 'reduceOnPlateau: cooldown must be an integer ≥ 0'],
  [{ from: 1, thresholdMode: 'rel' }, "thresholdMode must be 'relative' or 'absolute', found \"rel\""],
  [{ from: 1, minimum: 1 }, 'found minimum'],
])('options %o are refused', (options, message) => {
  expect(() => reduceOnPlateau(options as never)).toThrow(message);
});
