/** The address of the page: every configuration survives it, and no address can make one that is out of range. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
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
import { type HiddenLayer, type KindName, kinds, type Setting, settingsOf } from '../../demo/mnist/layers.ts';
import { fit } from '../../demo/mnist/net-shapes.ts';

const oneOf = <T extends string>(table: Record<T, unknown>) => fc.constantFrom(...(Object.keys(table) as T[]));
const whole = ({ least, most }: { least: number; most: number }) => fc.integer({ min: least, max: most });

const valuesOf = (setting: Setting): fc.Arbitrary<number | string> => {
  if ('options' in setting) return oneOf(setting.options);
  const { least, most, whole: isWhole } = setting;
  return isWhole ? whole(setting) : fc.double({ min: least, max: most, noNaN: true }).map((value) => value + 0);
};
const layers = fc.constantFrom(...(Object.keys(kinds) as KindName[])).chain((kind) => {
  const settings = settingsOf(kinds[kind].usual).map(([name, setting]) => [name, valuesOf(setting)] as const);
  return fc.record({
    kind: fc.constant(kind),
    ...Object.fromEntries(settings),
  }) as unknown as fc.Arbitrary<HiddenLayer>;
});
/** Those of a list that fit after those before them. */
function fitting(all: readonly HiddenLayer[]): HiddenLayer[] {
  const net: HiddenLayer[] = [];
  for (const layer of all) if (!fit([...net, layer]).misfit) net.push(layer);
  return net;
}

const configs: fc.Arbitrary<Config> = fc.record({
  data: oneOf(datasets),
  hidden: fc.array(layers, { maxLength: limits.layers }).map(fitting),
  loss: oneOf(losses),
  optimizer: oneOf(optimizers),
  // An address writes -0 as 0.
  learningRate: fc.double({ min: 0, max: limits.learningRate.most, noNaN: true }).map((rate) => rate + 0),
  batch: whole(limits.batch),
  seed: fc.integer({ min: limits.seed.least, max: limits.seed.most }),
  samples: whole(limits.samples),
});

const isWithin = (value: number, { least, most }: { least: number; most: number }) => value >= least && value <= most;

function expectSense({ data, hidden, loss, optimizer, learningRate, ...others }: Config): void {
  expect(datasets).toHaveProperty(data);
  expect(losses).toHaveProperty(loss);
  expect(optimizers).toHaveProperty(optimizer);
  expect(hidden.length).toBeLessThanOrEqual(limits.layers);
  for (const layer of hidden) {
    for (const [name, setting] of settingsOf(layer)) {
      const value = layer[name as keyof HiddenLayer] as string | number;
      if ('options' in setting) expect(setting.options).toHaveProperty(String(value));
      else expect(isWithin(Number(value), setting) && (!setting.whole || Number.isInteger(value))).toBe(true);
    }
  }
  expect(fit(hidden).misfit).toBeUndefined();
  expect(isWithin(learningRate, limits.learningRate)).toBe(true);
  for (const name of ['batch', 'seed', 'samples'] as const) {
    expect(Number.isInteger(others[name]) && isWithin(others[name], limits[name])).toBe(true);
  }
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
      { kind: 'dense', units: 100, activation: 'relu' },
      { kind: 'dense', units: 50, activation: 'tanh' },
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
    [`#hidden=${Array(limits.layers + 1).fill(1)}`, 'a layer too many'],
    ['#hidden=20,conv6x5', 'a convolution of what is no image any more'],
    ['#hidden=maxpool14,conv6x5', 'a filter of 5 on an image of 2'],
    ['#hidden=conv6', 'a convolution without a size'],
    ['#hidden=maxpool2:relu', 'an activation where there is none'],
    ['#hidden=dropout0.95', 'too much dropout'],
    ['#samples=-1', 'fewer than no samples'],
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
    expect(fromHash('#hidden=12').hidden).toEqual([{ kind: 'dense', units: 12, activation: 'sigmoid' }]);
  });
});

test('LeNet-5 in an address', () => {
  const text = 'conv6x5same:relu,maxpool2,conv16x5s1:tanh,averagepool2,dropout0.25,120,84:linear,batchnorm,act:relu';
  const { hidden } = fromHash(`#hidden=${text}`);
  const convolution = { kind: 'conv2d', kernel: 5, stride: 1 };
  expect(hidden).toEqual([
    { ...convolution, filters: 6, padding: 'same', activation: 'relu' },
    { kind: 'maxPool2d', size: 2 },
    { ...convolution, filters: 16, padding: 'valid', activation: 'tanh' },
    { kind: 'averagePool2d', size: 2 },
    { kind: 'dropout', rate: 0.25 },
    { kind: 'dense', units: 120, activation: 'sigmoid' },
    { kind: 'dense', units: 84, activation: 'linear' },
    { kind: 'batchNorm' },
    { kind: 'activation', activation: 'relu' },
  ]);
  expect(toHash({ ...usual, hidden })).toBe(`#hidden=${text.replace('s1', '').replace('120', '120:sigmoid')}`);
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
