/** Files of other nets: what fits is taken, under other names if asked, and nothing where anything is wrong. */
import { describe, expect, test } from 'vitest';
import {
  adam,
  batchNorm,
  type CompileOptions,
  compile,
  DataError,
  type Device,
  dense,
  formatSafetensors,
  type LoadOptions,
  type Model,
  momentum,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  tanh,
} from '../../../src/index.node.ts';
import { useGpu } from '../../support/harness.ts';
import { parameterBits, random } from '../../support/nets.ts';

const ten = sequential([4], [dense(6, tanh), batchNorm(), dense(5)]);
const three = sequential([4], [dense(6, tanh), batchNorm(), dense(3), dense(3)]);
const body = [
  'layers.0.weight',
  'layers.0.bias',
  ...['weight', 'bias', 'running_mean', 'running_var'].map((key) => `layers.1.${key}`),
];
const head = ['layers.2.weight', 'layers.2.bias'];
const batch = [random(8 * 4, 1), Uint8Array.from({ length: 8 }, (_, i) => i % 3)] as const;

const use = useGpu();
describe.each([
  ['GPU', () => use.device],
  ['CPU reference', () => 'cpu' as const],
])('%s', (_title, device: () => Device | 'cpu') => {
  async function using<T>(model: Model, work: (net: Trainer) => Promise<T>, options: Partial<CompileOptions> = {}) {
    const loss = softmaxCrossEntropy();
    const net = await compile(model, { device: device(), batch: 8, loss, optimizer: adam(), seed: 3, ...options });
    try {
      return await work(net);
    } finally {
      net.destroy();
    }
  }
  const saved = (net: Trainer) => {
    net.step(batch[0], batch[1]);
    return net.save();
  };
  const all = { weightsOnly: true, matching: true } as const;

  test('what fits is taken, the rest stays, and training starts over', async () => {
    const [file, weights] = await using(ten, async (net) => [await saved(net), await net.parameters()] as const, {
      seed: 9,
    });
    await using(three, async (net) => {
      net.step(...batch);
      const before = await net.parameters();
      expect(await net.load(file, all)).toEqual({
        taken: body,
        missing: [...head, 'layers.3.weight', 'layers.3.bias'],
        unexpected: head,
        rounded: [],
      });
      const after = await net.parameters();
      for (const key of body) expect(after[key], key).toEqual(weights[key]);
      for (const key of [...head, 'layers.3.weight']) expect(after[key], key).toEqual(before[key]);
      expect(net.steps).toBe(0);
      // The first step of Adam is η long wherever there is a gradient: nothing of the old state is left.
      net.step(...batch);
      const { data } = (await net.parameters())['layers.3.bias'];
      data.forEach((value, i) => void expect(Math.abs(value - after['layers.3.bias'].data[i])).toBeCloseTo(0.001, 5));
    });
  });

  test('an average begins with what was loaded, and that of what was left goes on', async () => {
    const file = await using(ten, saved, { seed: 9 });
    const left = [...head, 'layers.3.weight', 'layers.3.bias'];
    const averaging = { average: 0.9, optimizer: momentum({ learningRate: 0.1 }) };
    await using(
      three,
      async (net) => {
        const steps: Record<string, Tensor>[] = [];
        const step = async () => {
          net.step(...batch);
          steps.push(await net.parameters());
        };
        for (let i = 0; i < 3; i++) await step();
        const before = await net.parameters({ averaged: true });
        expect(before['layers.3.bias']).not.toEqual(steps[2]['layers.3.bias']);
        await net.load(file, all);
        const [raw, averaged] = [await net.parameters(), await net.parameters({ averaged: true })];
        for (const key of body) expect(averaged[key], key).toEqual(raw[key]);
        for (const key of left) {
          expect(raw[key], key).toEqual(steps[2][key]);
          expect(averaged[key], key).toEqual(before[key]);
        }
        await step();
        const after = await net.parameters({ averaged: true });
        const all4 = 1 + 0.9 + 0.81 + 0.729;
        for (const [key, weights] of [
          ['layers.3.bias', steps.map((values) => values['layers.3.bias'].data)],
          ['layers.0.bias', [raw, raw, raw, steps[3]].map((values) => values['layers.0.bias'].data)],
        ] as const)
          after[key].data.forEach((value, i) => {
            const [w1, w2, w3, w4] = weights.map((w) => w[i]);
            expect(value, `${key} ${i}`).toBeCloseTo((0.729 * w1 + 0.81 * w2 + 0.9 * w3 + w4) / all4, 6);
          });
        const kept = await net.save();
        net.step(...batch);
        const last = await net.parameters({ averaged: true });
        await using(
          three,
          async (resumed) => {
            await resumed.load(kept);
            resumed.step(...batch);
            expect(await resumed.parameters({ averaged: true })).toEqual(last);
          },
          averaging,
        );
        await net.load(kept, { weightsOnly: true });
        expect(await net.parameters({ averaged: true })).toEqual(await net.parameters());
      },
      averaging,
    );
  });

  test('a file of the net itself gives all its keys', () =>
    using(ten, async (net) => {
      const file = await saved(net);
      const whole = { taken: [...body, ...head], missing: [], unexpected: [], rounded: [] };
      expect(await net.load(file)).toEqual(whole);
      expect(await net.load(file, { weightsOnly: true })).toEqual(whole);
      expect(await net.load(file, all)).toEqual(whole);
    }));

  test.each<[string, LoadOptions['rename'], Partial<Record<'missing' | 'unexpected', string[]>>]>([
    [
      'names',
      {
        'fc1.weight': 'layers.0.weight',
        'fc1.bias': 'layers.0.bias',
        'norm.*': 'layers.1.*',
        'fc*.bi*s': 'layers.*.bi*s',
        'fc2.weight': 'layers.2.weight',
      },
      {},
    ],
    ['a function', (key) => key.replace('fc1', 'layers.0').replace('norm', 'layers.1').replace('fc2', 'layers.2'), {}],
    [
      'a function that leaves some out',
      (key) => (key.startsWith('fc2') ? undefined : key.replace('fc1', 'layers.0').replace('norm', 'layers.1')),
      { missing: head },
    ],
    [
      'a part of the names',
      { 'fc1.*': 'layers.0.*' },
      {
        missing: [...body.slice(2), ...head],
        unexpected: ['norm.weight', 'norm.bias', 'norm.running_mean', 'norm.running_var', 'fc2.weight', 'fc2.bias'],
      },
    ],
  ])('renamed by %s', async (_what, rename, { missing = [], unexpected = [] }) => {
    const weights = await using(ten, (net) => net.parameters(), { seed: 9 });
    const there = (key: string) =>
      key.replace('layers.0', 'fc1').replace('layers.1', 'norm').replace('layers.2', 'fc2');
    const tensors = Object.fromEntries(Object.entries(weights).map(([key, tensor]) => [there(key), tensor]));
    await using(ten, async (net) => {
      const before = await net.parameters();
      const taken = [...body, ...head].filter((key) => !missing.includes(key));
      const loaded = await net.load(formatSafetensors(tensors), { ...all, rename });
      expect(loaded).toEqual({ taken, missing, unexpected, rounded: [] });
      const after = await net.parameters();
      for (const key of [...body, ...head])
        expect(after[key], key).toEqual((taken.includes(key) ? weights : before)[key]);
      const strict = net.load(formatSafetensors(tensors), { weightsOnly: true, rename });
      if (missing.length === 0 && unexpected.length === 0) expect((await strict).taken).toEqual(taken);
      else await expect(strict).rejects.toThrow(`expected a file of this net; nothing was changed:`);
    });
  });

  test.each<[string, LoadOptions, string]>([
    ['matching without weightsOnly', { matching: true }, 'load: matching needs weightsOnly: true'],
    ['rename without weightsOnly', { rename: {} }, 'load: rename needs weightsOnly: true'],
    ['no flag', { weightsOnly: true, matching: 1 as never }, 'load: matching must be true or false, found 1'],
    ['no names', { ...all, rename: ['a'] as never }, 'load: rename must be names by name'],
    ['a number for a name', { ...all, rename: { a: 1 } as never }, 'load: rename must be names by name'],
    [
      'a name that is not there',
      { ...all, rename: { 'fc1.weight': 'x' } },
      'is called "fc1.weight"; there are:\n  layers.0.weight',
    ],
    [
      'a function that returns no text',
      { ...all, rename: () => 3 as never },
      'load: rename must return a text or nothing, found 3',
    ],
    ['two of one name', { ...all, rename: { '*.weight': 'weight' } }, 'rename gives two tensors the name "weight"'],
    [
      'nothing that fits',
      { ...all, rename: { '*': 'module.*' } },
      'no tensor fits this net by name and shape, and nothing was changed; there are:\n  module.layers.0.weight [6, 4]',
    ],
  ])('%s is refused, and nothing changes', async (_what, options, message) => {
    const file = await using(ten, saved, { seed: 9 });
    await using(three, async (net) => {
      net.step(...batch);
      const before = await parameterBits(net);
      await expect(net.load(file, options)).rejects.toThrow(message);
      expect(await parameterBits(net)).toEqual(before);
      expect(net.steps).toBe(1);
    });
  });

  test('numbers that are not finite are refused, and nothing changes', async () => {
    const weights = await using(ten, (net) => net.parameters());
    const broken = { ...weights, 'layers.0.bias': { shape: [6], data: new Float32Array(6).fill(Number.NaN) } };
    await using(three, async (net) => {
      const before = await parameterBits(net);
      const loading = net.load(formatSafetensors(broken as Record<string, Tensor>), all);
      await expect(loading).rejects.toThrow(DataError);
      await expect(loading).rejects.toThrow('layers.0.bias: value 0 must be a finite number, found NaN');
      expect(await parameterBits(net)).toEqual(before);
    });
  });
});
