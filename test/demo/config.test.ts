/** The address of the page: every configuration survives it, and no address can make one that is out of range. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activations,
  type Config,
  datasets,
  fromHash,
  isChoice,
  limits,
  losses,
  optimizers,
  toHash,
  usual,
  usualOnCpu,
} from '../../demo/mnist/config.ts';

const oneOf = <T extends string>(table: Record<T, unknown>) => fc.constantFrom(...(Object.keys(table) as T[]));
const whole = ({ least, most }: { least: number; most: number }) => fc.integer({ min: least, max: most });

const configs: fc.Arbitrary<Config> = fc.record({
  data: oneOf(datasets),
  hidden: fc.array(fc.record({ units: whole(limits.units), activation: oneOf(activations) }), {
    maxLength: limits.layers,
  }),
  loss: oneOf(losses),
  optimizer: oneOf(optimizers),
  // An address writes -0 as 0.
  learningRate: fc.double({ min: 0, max: limits.learningRate.most, noNaN: true }).map((rate) => rate + 0),
  batch: whole(limits.batch),
  seed: fc.integer({ min: limits.seed.least, max: limits.seed.most }),
});

const isWithin = (value: number, { least, most }: { least: number; most: number }) => value >= least && value <= most;

function expectSense({ data, hidden, loss, optimizer, learningRate, batch, seed }: Config): void {
  expect(datasets).toHaveProperty(data);
  expect(losses).toHaveProperty(loss);
  expect(optimizers).toHaveProperty(optimizer);
  expect(hidden.length).toBeLessThanOrEqual(limits.layers);
  for (const { units, activation } of hidden) {
    expect(Number.isInteger(units) && isWithin(units, limits.units)).toBe(true);
    expect(activations).toHaveProperty(activation);
  }
  expect(isWithin(learningRate, limits.learningRate)).toBe(true);
  expect(Number.isInteger(batch) && isWithin(batch, limits.batch)).toBe(true);
  expect(Number.isInteger(seed) && isWithin(seed, limits.seed)).toBe(true);
}

/** For every configuration. */
const forAll = (check: (config: Config) => void): void =>
  fc.assert(
    fc.property(configs, (config) => {
      check(config);
    }),
  );

describe('toHash and fromHash', () => {
  test('every configuration comes back as it was', () => {
    forAll((config) => expect(fromHash(toHash(config))).toEqual(config));
  });

  test('a hash is a fragment that no browser rewrites', () => {
    forAll((config) => expect(new URL(`https://example.org/${toHash(config)}`).hash).toBe(toHash(config)));
  });

  test('the usual is written as nothing, and nothing is read as the usual', () => {
    expect(toHash(usual)).toBe('');
    expect(fromHash('')).toEqual(usual);
    expect(fromHash('#')).toEqual(usual);
  });

  test('only what differs is written, readably', () => {
    const hidden = [
      { units: 100, activation: 'relu' },
      { units: 50, activation: 'tanh' },
    ] as const;
    expect(toHash({ ...usual, data: 'mnist', hidden })).toBe('#hidden=100:relu,50:tanh&data=mnist');
  });

  test('no hidden layer is told from none given', () => {
    expect(toHash({ ...usual, hidden: [] })).toBe('#hidden=');
    expect(fromHash('#hidden=').hidden).toEqual([]);
  });
});

describe('fromHash of what people type', () => {
  test('whatever it is, the configuration makes sense', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expectSense(fromHash(text))));
  });

  test('whatever stands for a setting, the configuration makes sense', () => {
    const value = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String), fc.constant('toString'));
    const given = fc.array(fc.tuple(fc.constantFrom(...Object.keys(usual)), value), { maxLength: 8 });
    fc.assert(
      fc.property(given, (entries) =>
        expectSense(fromHash(`#${entries.map(([key, text]) => `${key}=${text}`).join('&')}`)),
      ),
    );
  });

  test.each([
    ['#hidden=0:relu', 'no units'],
    ['#hidden=2049:relu', 'more units than there may be'],
    ['#hidden=10:relu,', 'a layer without units'],
    ['#hidden=10:swish', 'an activation that is not there'],
    ['#hidden=10:constructor', 'a property of every object'],
    ['#hidden=1,1,1,1,1,1,1', 'seven layers'],
    ['#optimizer=toString', 'a property of every object'],
    ['#learningRate=', 'nothing, which is not 0'],
    ['#learningRate=-1', 'a rate below 0'],
    ['#learningRate=101', 'a rate above the most'],
    ['#learningRate=NaN', 'not a number'],
    ['#batch=2.5', 'half a sample'],
    ['#batch=0', 'no samples'],
    ['#seed=4294967296', '33 bits'],
    ['#seed=%20', 'a space'],
    ['#%E0%A4%A', 'an escape that is cut off'],
    ['#training', 'a section'],
  ])('%s (%s) is the usual', (hash) => {
    expect(fromHash(hash)).toEqual(usual);
  });

  test('what makes sense counts, whatever stands beside it', () => {
    expect(fromHash('#batch=20&hidden=nonsense&seed=7&batch=30')).toEqual({ ...usual, batch: 20, seed: 7 });
  });

  test('a layer without an activation has the usual one', () => {
    expect(fromHash('#hidden=12').hidden).toEqual([{ units: 12, activation: 'sigmoid' }]);
  });
});

describe('isChoice', () => {
  test('is true of every configuration but the usual', () => {
    forAll((config) => expect(isChoice(toHash(config))).toBe(toHash(config) !== ''));
  });

  test.each(['', '#', '#training', '#is=it&right', '#toString=1'])('is false of %j', (hash) => {
    expect(isChoice(hash)).toBe(false);
  });
});

test('the usual nets are within the limits', () => {
  expectSense(usual);
  expectSense(usualOnCpu);
});
