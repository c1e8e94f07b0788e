/** What is kept of a run comes back as it was, or not at all. */
import { describe, expect, test } from 'vitest';
import { type Config, fromHash, usual } from '../../demo/mnist/config.ts';
import { bounds, curvesToHeld, isOf, type Known, keyOf, readRun, recordOf } from '../../demo/mnist/lab/kept.ts';
import type { Progress } from '../../demo/mnist/lab/protocol.ts';

const config: Config = { ...usual, hidden: [{ kind: 'dense', units: 3, activation: 'relu' }], learningRate: 0.25 };
const data = { name: 'digits', source: 'generated', train: 10000, test: 2000 };
const evaluated = (step: number) => ({ step, seconds: step / 100, loss: 1 / (step + 1), accuracy: 0.9 });
const progress = (step: number): Progress => ({
  ...{ step, seconds: step / 100, epoch: 1, stepOfEpoch: step, stepsOfEpoch: 200, loss: 2, samplesPerSecond: 1000 },
});
const before = { steps: 10, epochs: 2 };
const held = (step = 100) => ({ evaluated: evaluated(step), before, file: Uint8Array.of(1, 2, 3) });
const known: Known = { id: 'a', began: 3, config, data, machine: 'a GPU', parameters: 2395, held: held() };
const curves = { losses: [50, 90, 120].map(progress), evaluations: [0, 60, 100, 130].map(evaluated) };

/** As IndexedDB gives it back. */
const record = (): Record<string, unknown> => structuredClone(recordOf(known, curves, 7)!.run) as never;

test('a run comes back with settings and curves, and its checkpoint stands beside it', () => {
  const run = readRun(record())!;
  expect(run).toMatchObject({ id: 'a', began: 3, at: 7, data, machine: 'a GPU', parameters: 2395, curves });
  expect(run).toMatchObject({ goesOn: true, held: { evaluated: evaluated(100), before } });
  expect(fromHash(run.settings)).toEqual(config);
  expect(recordOf(known, curves, 7)!.file).toEqual(held().file);
  expect(curvesToHeld(run)).toEqual({ losses: [50, 90].map(progress), evaluations: [0, 60, 100].map(evaluated) });
});

test('one key for a net at any learning rate, another for any other net', () => {
  expect(keyOf({ ...config, learningRate: 9 })).toBe(keyOf(config));
  const others: Partial<Config>[] = [
    { seed: 2 },
    { batch: 3 },
    { data: 'mnist' },
    { loss: 'quadratic' },
    { hidden: [] },
  ];
  expect(new Set([config, ...others.map((other) => ({ ...config, ...other }))].map(keyOf)).size).toBe(6);
});

test('points without a number do not keep the rest from being kept', () => {
  const broken = { losses: [progress(1), { ...progress(2), loss: Number.NaN }], evaluations: curves.evaluations };
  expect(readRun(structuredClone(recordOf(known, broken, 1)!.run))?.curves.losses).toEqual([progress(1)]);
});

test('what was not trained is not kept; of what diverged or is too large, the curves alone', () => {
  expect(recordOf(known, { losses: [], evaluations: [evaluated(0)] }, 1)).toBeUndefined();
  const diverging = { ...held(), evaluated: { ...evaluated(100), trainingAccuracy: Number.NaN } };
  const nets: Partial<Known>[] = [
    { parameters: bounds.bytes / 4 + 1 },
    { held: undefined },
    { held: held(0) },
    { held: diverging },
  ];
  for (const net of nets) {
    const { run, file } = recordOf({ ...known, ...net }, curves, 1)!;
    expect(file).toBeUndefined();
    expect(readRun(run)).toMatchObject({ curves });
    expect(readRun(run)!.held).toBeUndefined();
  }
});

describe('nothing comes of', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'weights'],
    ['a list', []],
    ['another version', { ...record(), version: 1 }],
    ['no name', { ...record(), id: undefined }],
    ['settings that are none', { ...record(), settings: 7 }],
    ['a date that is none', { ...record(), began: 'yesterday' }],
    ['data that are none', { ...record(), data: 'MNIST' }],
    ['a count of samples that is none', { ...record(), data: { ...data, train: -1 } }],
    ['parameters that are no count', { ...record(), parameters: 1.5 }],
    ['curves that are none', { ...record(), curves: { losses: 7, evaluations: [] } }],
    ['too many points', { ...record(), curves: { ...curves, losses: new Array(bounds.losses + 1).fill(progress(1)) } }],
    ['a point that is none', { ...record(), curves: { ...curves, evaluations: [{ step: 'many' }] } }],
    ['a step that is none', { ...record(), held: { ...held(), evaluated: evaluated(-1) } }],
    ['epochs that are no count', { ...record(), held: { ...held(), before: { steps: 1, epochs: 1.5 } } }],
  ])('%s', (_, value) => {
    expect(readRun(value)).toBeUndefined();
  });
});

test('training goes on with a checkpoint of the same net and the same data only', () => {
  const run = readRun(record())!;
  expect(isOf(run, { ...config, learningRate: 9 }, data)).toBe(true);
  expect(isOf(run, { ...config, seed: 9 }, data)).toBe(false);
  expect(isOf(run, config, { ...data, test: 500 })).toBe(false);
  expect(isOf(run, config, { ...data, name: 'MNIST' })).toBe(false);
  expect(isOf({ ...run, held: undefined }, config, data)).toBe(false);
});
