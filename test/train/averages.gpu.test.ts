/** The average of the weights: who uses it, and that it goes on to the bit. Its values are held to PyTorch in pytorch.gpu.test.ts. */
import { describe, expect, test } from 'vitest';
import { fromArrays, take } from '../../src/data/index.ts';
import {
  adam,
  batchNorm,
  type CompileOptions,
  compile,
  cosineDecay,
  type Device,
  dense,
  forward,
  momentum,
  parseSafetensors,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import { openModel } from '../../src/predict.node.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random, stateBits } from '../support/nets.ts';

const model = sequential([4], [dense(6, tanh), batchNorm(), dense(3)]);
const points = fromArrays({ x: random(45 * 4, 1), y: Array.from({ length: 45 }, (_, i) => i % 3), shape: [4] });
const batch = take(points, 8);
const loss = softmaxCrossEntropy();

const use = useGpu();
describe.each([
  ['GPU', () => use.device],
  ['CPU reference', () => 'cpu' as const],
])('%s', (_title, device: () => Device | 'cpu') => {
  async function using<T>(options: Partial<CompileOptions>, work: (net: Trainer) => Promise<T>): Promise<T> {
    const optimizer = momentum({ learningRate: 0.1 });
    const net = await compile(model, { device: device(), batch: 8, loss, optimizer, seed: 3, ...options });
    try {
      return await work(net);
    } finally {
      net.destroy();
    }
  }
  const withoutTotal = async (net: Trainer) => {
    const { lossTotal: _, ...bits } = await stateBits(net);
    return bits;
  };

  test('evaluation, validation, prediction and files use it, and training does not', async () => {
    const raw = await using({}, async (net) => {
      await net.fit(points, { epochs: 3 });
      return net.parameters();
    });
    await using({ average: 0.9 }, async (net) => {
      const [, , { validation }] = await net.fit(points, { epochs: 3, validation: points });
      expect(await net.parameters()).toEqual(raw);
      const averages = await net.parameters({ averaged: true });
      expect(averages['layers.0.weight']).not.toEqual(raw['layers.0.weight']);
      expect(averages['layers.1.running_var']).toEqual(raw['layers.1.running_var']);
      const evaluation = await net.evaluate(points);
      expect(validation).toEqual(evaluation);
      const predicted = await net.predict(points);
      const [file, weights] = [await net.save(), await net.save(undefined, { weightsOnly: true })];
      const { tensors } = parseSafetensors(file);
      for (const [key, { data }] of Object.entries(averages)) expect(tensors[key].data, key).toEqual(data);
      expect(tensors['optimizer.raw.layers.0.weight'].data).toEqual(raw['layers.0.weight'].data);
      expect(Object.keys(parseSafetensors(weights).tensors).sort()).toEqual(Object.keys(raw).sort());
      await using({}, async (plain) => {
        plain.setParameters(averages);
        expect(await plain.evaluate(points)).toEqual(evaluation);
        expect(await plain.predict(points)).toEqual(predicted);
        await plain.load(file, { weightsOnly: true });
        expect(await plain.parameters()).toEqual(averages);
      });
      const opened = await openModel(file, { device: device() });
      const found = await opened.predict(points);
      found.forEach((value, i) => void expect(value).toBeCloseTo(predicted[i], 6));
      opened.destroy();
    });
  });

  test('saved and loaded, also between two updates, it goes on to the same bits', async () => {
    const options = { average: 0.9, accumulate: 2, optimizer: adam() };
    const rest = (net: Trainer) => net.fit(points, { epochs: 1 }).then(() => withoutTotal(net));
    const [file, expected] = await using(options, async (net) => {
      await net.fit(points, { steps: 9 });
      return [await net.save(), await rest(net)] as const;
    });
    await using({ ...options, seed: 9 }, async (net) => {
      await net.load(file);
      expect(await rest(net)).toEqual(expected);
    });
    await using(options, async (net) => {
      await net.load(await using({ optimizer: adam() }, (other) => other.save()), { weightsOnly: true });
      expect(await net.parameters({ averaged: true })).toEqual(await net.parameters());
    });
    await expect(using({}, (net) => net.load(file))).rejects.toThrow('update.average: expected nothing, found 0.9');
  });

  test('it begins with the first update, anew after setParameters, and waits for updates that wait', () =>
    using({ average: 0.9, accumulate: 2 }, async (net) => {
      const both = async () => [await net.parameters({ averaged: true }), await net.parameters()];
      const [start, weights] = await both();
      expect(start).toEqual(weights);
      net.step(batch);
      expect((await net.parameters({ averaged: true }))['layers.0.weight']).toEqual(start['layers.0.weight']);
      net.step(batch);
      const [first, now] = await both();
      expect(first).toEqual(now);
      expect(first['layers.0.weight']).not.toEqual(start['layers.0.weight']);
      for (let i = 0; i < 4; i++) net.step(batch);
      const [later, latest] = await both();
      expect(later['layers.0.weight']).not.toEqual(latest['layers.0.weight']);
      net.setParameters(start);
      expect((await net.parameters({ averaged: true }))['layers.0.weight']).toEqual(start['layers.0.weight']);
      net.step(batch);
      net.step(batch);
      const [again, trained] = await both();
      expect(again).toEqual(trained);
      await net.check(batch);
    }));

  test('the best epoch is the one whose averages were best, and comes back with them', () =>
    using({ average: 0.9, optimizer: sgd({ learningRate: 2 }) }, async (net) => {
      const results = await net.fit(points, { epochs: 6, validation: points, keepBest: true });
      const losses = results.map(({ validation }) => validation.loss);
      expect((await net.evaluate(points)).loss).toBeCloseTo(Math.min(...losses), 6);
      expect((await net.parameters())['layers.0.weight']).not.toEqual(
        (await net.parameters({ averaged: true }))['layers.0.weight'],
      );
    }));

  test('an aborted fit with keepBest goes on from its file with the best averages', async () => {
    const options = { average: 0.9, optimizer: sgd({ learningRate: 2 }) };
    const fitting = { validation: points, keepBest: true };
    const whole = await using(options, async (net) => {
      await net.fit(points, { ...fitting, epochs: 6 });
      return withoutTotal(net);
    });
    const file = await using(options, async (net) => {
      let saved: Promise<Uint8Array<ArrayBuffer>> | undefined;
      const onEpoch = ({ epoch }: { epoch: number }) => {
        if (epoch === 4) saved = net.save();
      };
      await net.fit(points, { ...fitting, epochs: 6, onEpoch });
      return saved!;
    });
    await using(options, async (net) => {
      await net.load(file);
      await net.fit(points, { ...fitting, epochs: 2 });
      expect(await withoutTotal(net)).toEqual(whole);
    });
  });

  test('what is frozen has none and is evaluated as it is; thawed, it begins with what it was', () =>
    using({ average: 0.9 }, async (net) => {
      await net.fit(points, { epochs: 2, validation: points });
      await net.evaluate(points);
      await net.freeze(['layers.0.*', 'layers.1.*']);
      const [raw, averages] = [await net.parameters(), await net.parameters({ averaged: true })];
      expect(averages['layers.0.weight']).toEqual(raw['layers.0.weight']);
      expect(averages['layers.2.weight']).not.toEqual(raw['layers.2.weight']);
      const evaluation = await net.evaluate(points);
      await using({}, async (plain) => {
        plain.setParameters(averages);
        expect(await plain.evaluate(points)).toEqual(evaluation);
      });
      const bits = await parameterBits(net);
      const [{ validation }] = await net.fit(points, { epochs: 1, validation: points });
      expect(await net.evaluate(points)).toEqual(validation);
      expect((await parameterBits(net))['layers.0.weight']).toEqual(bits['layers.0.weight']);
      await net.freeze([]);
      expect((await net.parameters({ averaged: true }))['layers.0.weight']).toEqual(raw['layers.0.weight']);
      net.step(batch);
      await net.check(batch);
      const [now, average] = [await net.parameters(), await net.parameters({ averaged: true })];
      const moved = now['layers.0.weight'].data.map((value, i) => value - raw['layers.0.weight'].data[i]);
      const followed = average['layers.0.weight'].data.map((value, i) => value - raw['layers.0.weight'].data[i]);
      const largest = Math.max(...moved.map(Math.abs));
      // 19 updates: (1 − β) / (1 − β¹⁹) of the way.
      followed.forEach((value, i) => {
        expect(Math.abs(value - ((1 - 0.9) / (1 - 0.9 ** 19)) * moved[i])).toBeLessThan(1e-4 * largest);
      });
    }));

  test('a fit that was stopped goes on after freezing and thawing, with a best epoch of its own', () =>
    using({ average: 0.9, optimizer: sgd({ learningRate: 2 }) }, async (net) => {
      const fitting = { epochs: 3, validation: points, keepBest: true };
      for (const frozen of [['layers.0.*', 'layers.1.*'], []]) {
        const abort = new AbortController();
        const onEpoch = () => abort.abort();
        await expect(net.fit(points, { ...fitting, onEpoch, signal: abort.signal })).rejects.toThrow();
        await net.freeze(frozen);
        await net.save();
        const { loss: before } = await net.evaluate(points);
        const results = await net.fit(points, fitting);
        const losses = [before, ...results.map(({ validation }) => validation.loss)];
        expect((await net.evaluate(points)).loss).toBeCloseTo(Math.min(...losses), 6);
      }
    }));

  test('forward out of training is what predict gives, and in training the weights themselves', () =>
    using({ average: 0.9 }, async (net) => {
      for (let i = 0; i < 5; i++) net.step(batch);
      const [x, y] = [batch.inputs.data, batch.targets.data];
      const found = await forward(net, x, { training: false, prediction: true });
      expect((await found.read()).data).toEqual(await net.predict(x));
      const trained = await forward(net, x, { prediction: true });
      const { prediction } = await net.tensors(x, y);
      const { data } = await trained.read();
      data.forEach((value, i) => {
        expect(value).toBe(prediction.data[(i % 3) * 8 + Math.floor(i / 3)]);
      });
      for (const one of [found, trained]) one.destroy();
    }));

  test('a factor follows a schedule, and 0 keeps a parameter as it is', () =>
    using(
      {
        optimizer: sgd({ learningRate: cosineDecay({ from: 0.1, steps: 10 }) }),
        learningRates: { 'layers.0.*': 0.5, 'layers.2.bias': 0 },
      },
      async (net) => {
        for (let i = 0; i < 3; i++) net.step(batch);
        const before = await net.parameters();
        const rate = net.learningRate;
        net.step(batch);
        const after = await net.parameters();
        expect(rate).toBeCloseTo(0.1 * 0.5 * (1 + Math.cos(0.3 * Math.PI)), 12);
        expect(after['layers.2.bias']).toEqual(before['layers.2.bias']);
        for (const [key, name, factor] of [
          ['layers.0.weight', 'dW1', 0.5],
          ['layers.2.weight', 'dW3', 1],
        ] as const) {
          const { data } = await net.tensor(name);
          data.forEach((g, i) => {
            expect(before[key].data[i] - after[key].data[i]).toBeCloseTo(rate * factor * g, 6);
          });
        }
      },
    ));
});

test('neither takes a dispatch more, and an average takes as many bytes as the parameters', async () => {
  const made = (options: Partial<CompileOptions> = {}) =>
    compile(model, { device: use.device, batch: 8, loss, optimizer: adam(), keep: [], tune: 'off', ...options });
  const [plain, both] = [await made(), await made({ average: 0.999, learningRates: { 'layers.0.*': 0.1 } })];
  const labels = ({ schedule }: Trainer) => schedule.dispatches.length;
  const bytes = ({ schedule }: Trainer) => schedule.buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
  const trained = plain.schedule.buffers.filter(({ name }) => /^m\./.test(name));
  expect(labels(both)).toBe(labels(plain));
  expect(bytes(both) - bytes(plain)).toBe(trained.reduce((sum, buffer) => sum + buffer.bytes, 0));
  plain.destroy();
  both.destroy();
});

test.each<[string, Partial<CompileOptions>, string]>([
  ['an average of 1', { average: 1 }, 'compile: average must be a number in [0, 1), found 1'],
  ['one that f32 rounds to 1', { average: 1 - 1e-9 }, 'compile: average must be a number in [0, 1)'],
  ['a text', { average: '0.9' as never }, 'compile: average must be a number in [0, 1), found "0.9"'],
  [
    'a factor below 0',
    { learningRates: { '*': -1 } },
    'compile: learningRates: "*" must be a finite number ≥ 0, found -1',
  ],
  ['a factor for nothing', { learningRates: { 'conv.*': 1 } }, 'compile: learningRates: "conv.*" matches no parameter'],
  ['no object', { learningRates: 3 as never }, 'compile: learningRates must be an object'],
])('%s is refused', async (_what, options, message) => {
  await expect(compile(model, { device: 'cpu', batch: 8, loss, optimizer: adam(), ...options })).rejects.toThrow(
    message,
  );
  const net = await compile(model, { device: 'cpu', batch: 8, loss, optimizer: adam() });
  await expect(net.parameters({ averaged: true })).rejects.toThrow('this net keeps no average');
  net.destroy();
});
