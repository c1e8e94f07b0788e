/** Learning-rate schedules against their formulas, at every update of a run and past its end. */
import { expect, test } from 'vitest';
import {
  cosineDecay,
  exponentialDecay,
  type LearningRate,
  learningRateAt,
  oneCycle,
  stepDecay,
  updatesIn,
  warmUp,
} from '../../src/index.node.ts';

const { PI, cos } = Math;

/** Rates at t = 0, 1, ... as a table of the literature would give them. */
const curves: [string, LearningRate, (t: number) => number][] = [
  ['a number', 0.3, () => 0.3],
  [
    'stepDecay',
    stepDecay({ from: 0.8, factor: 0.5, every: 7 }),
    (t) => (t < 7 ? 0.8 : t < 14 ? 0.4 : t < 21 ? 0.2 : t < 28 ? 0.1 : t < 35 ? 0.05 : 0.025),
  ],
  ['exponentialDecay', exponentialDecay({ from: 0.8, factor: 0.5, every: 7 }), (t) => 0.8 * 2 ** (-t / 7)],
  [
    'cosineDecay',
    cosineDecay({ from: 0.1, to: 0.02, steps: 30 }),
    (t) => (t < 30 ? 0.06 + 0.04 * cos((PI * t) / 30) : 0.02),
  ],
  ['cosineDecay to 0', cosineDecay({ from: 0.1, steps: 30 }), (t) => (t < 30 ? 0.05 + 0.05 * cos((PI * t) / 30) : 0)],
  [
    'oneCycle',
    oneCycle({ max: 1, from: 0.2, to: 0.1, steps: 20, rise: 0.25 }),
    (t) => (t <= 5 ? 0.6 - 0.4 * cos((PI * t) / 5) : t < 20 ? 0.55 + 0.45 * cos((PI * (t - 5)) / 15) : 0.1),
  ],
  [
    'oneCycle by its defaults',
    oneCycle({ max: 1, steps: 20 }),
    (t) =>
      t <= 6 ? 0.52 - 0.48 * cos((PI * t) / 6) : t < 20 ? 0.500002 + 0.499998 * cos((PI * (t - 6)) / 14) : 0.000004,
  ],
  ['warmUp', warmUp({ steps: 4, rate: 0.4 }), (t) => Math.min((t + 1) / 10, 0.4)],
  [
    'warmUp, then cosineDecay',
    warmUp({ steps: 5, rate: cosineDecay({ from: 1, steps: 10 }) }),
    (t) => (t < 5 ? (t + 1) / 5 : t < 15 ? 0.5 + 0.5 * cos((PI * (t - 5)) / 10) : 0),
  ],
  ['warmUp twice', warmUp({ steps: 2, rate: warmUp({ steps: 2, rate: 8 }) }), (t) => [2, 4, 4, 8][t] ?? 8],
];

test.each(curves)('%s', (_name, schedule, formula) => {
  for (let t = 0; t <= 40; t++) {
    expect(Math.abs(learningRateAt(schedule, t) - formula(t)), `t = ${t}`).toBeLessThan(1e-14);
  }
});

/** The rate in every update, as OneCycleLR(max_lr=1) of PyTorch 1.13 has set it. */
const ofPyTorch: [totalSteps: number, pctStart: number, rates: number[]][] = [
  [
    20,
    0.3,
    [
      ...[0.040000000000000036, 0.1316718427000253, 0.3716718427000253, 0.6683281572999747, 0.9083281572999747, 1],
      ...[0.9874640062350873, 0.9504846320134737, 0.89091617757105, 0.8117456539497631, 0.7169430017913008],
      ...[0.6112620219362893, 0.500002, 0.38874197806371075, 0.28306099820869923, 0.18825834605023697],
      ...[0.10908782242895004, 0.049519367986526286, 0.012539993764912554, 4e-6],
    ],
  ],
  [
    11,
    0.25,
    [
      ...[0.040000000000000036, 0.6268100482990309, 0.9977359703426971, 0.9444179466565644, 0.8274310572511747],
      ...[0.6635353275227843, 0.4762111372519605, 0.29229532432908284, 0.1381364284155411, 0.03581989022782975, 4e-6],
    ],
  ],
];
test.each(ofPyTorch)('OneCycleLR over %i steps is oneCycle over one less, with another rise', (n, p, rates) => {
  const schedule = oneCycle({ max: 1, steps: n - 1, rise: (p * n - 1) / (n - 1) });
  rates.forEach((rate, t) => void expect(learningRateAt(schedule, t), `t = ${t}`).toBeCloseTo(rate, 14));
});

test('updates in some epochs, with a ragged batch and a ragged group of them at the end of each', () => {
  expect(updatesIn({ count: 60_000 }, { batch: 100, epochs: 3 })).toBe(1800);
  expect(updatesIn({ count: 22 }, { batch: 4 })).toBe(6);
  expect(updatesIn({ count: 22 }, { batch: 4, accumulate: 4, epochs: 5 })).toBe(10);
});

test('a schedule is plain data: the same one comes back from JSON', () => {
  for (const [, schedule] of curves) {
    const read = JSON.parse(JSON.stringify(schedule)) as LearningRate;
    expect(read).toEqual(schedule);
    expect(learningRateAt(read, 9)).toBe(learningRateAt(schedule, 9));
  }
});
