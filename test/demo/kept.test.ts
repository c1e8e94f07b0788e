/** What is kept of a net for a reload comes back as it was, or not at all. */
import { describe, expect, test } from 'vitest';
import { type Config, usual } from '../../demo/mnist/config.ts';
import { bounds, keyOf, readRecord, recordOf } from '../../demo/mnist/lab/kept.ts';
import type { Progress } from '../../demo/mnist/lab/protocol.ts';

const config: Config = { ...usual, hidden: [{ units: 3, activation: 'relu' }] };
const data = { name: 'digits', source: 'generated', train: 10000, test: 2000 };
const tensor = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
});
const evaluated = (step: number) => ({ step, seconds: step / 100, loss: 1 / (step + 1), accuracy: 0.9 });
const progress = (step: number): Progress => ({
  ...{ step, seconds: step / 100, epoch: 1, stepOfEpoch: step, stepsOfEpoch: 200, loss: 2, samplesPerSecond: 1000 },
});
const held = (step = 100) => ({
  evaluated: evaluated(step),
  epochs: 2,
  parameters: {
    'layers.0.weight': tensor(3, 784),
    'layers.0.bias': tensor(3),
    'layers.1.weight': tensor(10, 3),
    'layers.1.bias': tensor(10),
  },
});
const curves = { losses: [50, 90, 120].map(progress), evaluations: [0, 60, 100, 130].map(evaluated) };

/** As IndexedDB gives it back. */
const record = (): Record<string, unknown> =>
  structuredClone(recordOf(config, data, { held: held(), curves }, 7)) as never;
const read = (value: unknown, of = config, from = data) => readRecord(value, of, from);

test('weights come back bit by bit, and the curves until then', () => {
  expect(read(record())).toEqual({
    held: held(),
    curves: { losses: [50, 90].map(progress), evaluations: [0, 60, 100].map(evaluated) },
  });
  expect(record().at).toBe(7);
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
  const kept = read(structuredClone(recordOf(config, data, { held: held(), curves: broken }, 1)));
  expect(kept?.curves.losses).toEqual([progress(1)]);
});

test('what is untrained, no number any more or too large is not kept', () => {
  const parameters = { 'layers.0.weight': tensor(bounds.bytes / 4 + 1, 1) };
  expect(recordOf(config, data, { held: held(0), curves }, 1)).toBeUndefined();
  expect(recordOf(config, data, { held: { ...held(), parameters }, curves }, 1)).toBeUndefined();
  const diverged = { ...held(), evaluated: { ...evaluated(100), loss: Number.NaN } };
  expect(recordOf(config, data, { held: diverged, curves }, 1)).toBeUndefined();
});

describe('nothing comes of', () => {
  const withHeld = (change: object) => ({ ...record(), held: { ...held(), ...change } });
  const { 'layers.1.bias': bias, ...fewer } = held().parameters;
  const withBias = (change: object) => withHeld({ parameters: { ...fewer, 'layers.1.bias': { ...bias, ...change } } });
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'weights'],
    ['a list', []],
    ['another version', { ...record(), version: 2 }],
    ['another learning rate', { ...record(), learningRate: 50 }],
    ['other data', { ...record(), data: 'MNIST, 60000, 10000' }],
    ['no weights', { ...record(), held: undefined }],
    ['curves that are none', { ...record(), curves: { losses: 7, evaluations: [] } }],
    ['too many points', { ...record(), curves: { ...curves, losses: new Array(bounds.losses + 1).fill(progress(1)) } }],
    ['a point that is none', { ...record(), curves: { ...curves, evaluations: [{ step: 'many' }] } }],
    ['a step that is none', withHeld({ evaluated: evaluated(-1) })],
    ['epochs that are no count', withHeld({ epochs: 1.5 })],
    ['a weight that is no number', withBias({ data: new Float32Array(10).fill(Number.NaN) })],
    ['a weight too few', withBias({ data: new Float32Array(9) })],
    ['values of another type', withBias({ data: new Array(10).fill(1) })],
    ['a shape of another net', withBias({ shape: [2, 5] })],
    ['a layer too few', withHeld({ parameters: fewer })],
    ['a layer too many', withHeld({ parameters: { ...held().parameters, 'layers.2.bias': tensor(1) } })],
  ])('%s', (_, value) => {
    expect(read(value)).toBeUndefined();
  });

  test('weights of a net with other layers, or of other data', () => {
    expect(read(record(), { ...config, hidden: [{ units: 4, activation: 'relu' }] })).toBeUndefined();
    expect(read(record(), config, { ...data, test: 500 })).toBeUndefined();
  });
});
