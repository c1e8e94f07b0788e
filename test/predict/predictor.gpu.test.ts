/** A model opened from its file predicts what the net that was saved predicts, for whatever is given and whoever else asks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countCalls } from '../../src/bench/counting.ts';
import { batch, csv, digits, fromArrays, fromSamples, take } from '../../src/data/index.ts';
import {
  ArgumentError,
  compile,
  DataError,
  type Device,
  dense,
  formatSafetensors,
  type LossFunction,
  linear,
  NonFiniteError,
  parseSafetensors,
  pointwise,
  quadratic,
  relu,
  ShapeError,
  StateError,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';
import { type OpenModelOptions, openModel, type Predictor } from '../../src/predict.node.ts';
import { MODEL } from '../../src/saved/model-text.ts';
import { useGpu } from '../support/harness.ts';

const { train, test: held } = digits({ train: 200, test: 40 });
const bytes = held.inputs.data as Uint8Array;
const one = bytes.subarray(0, 784);
const scaled = batch(
  held,
  Array.from({ length: 40 }, (_, i) => i),
).x;

/** `batch` multiplies in 64 bits, a net in 32. */
const close = (found: Float32Array, expected: Float32Array): void => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
};

function behaviour(title: string, device: () => Device | 'cpu'): void {
  describe(title, () => {
    const left: { destroy(): void }[] = [];
    afterAll(() => {
      for (const one of left) one.destroy();
    });
    const made = async (loss: LossFunction = softmaxCrossEntropy()): Promise<Trainer> => {
      const model = sequential([784], [dense(12, relu), dense(10)]);
      const net = await compile(model, { device: device(), batch: 20, loss, optimizer: sgd({ learningRate: 0.1 }) });
      left.push(net);
      return net;
    };
    const opened = async (file: Uint8Array, options: OpenModelOptions = {}): Promise<Predictor> => {
      const model = await openModel(file, { device: device(), ...options });
      left.push(model);
      return model;
    };
    let net: Trainer;
    let file: Uint8Array;
    let model: Predictor;
    let expected: Float32Array;
    beforeAll(async () => {
      net = await made();
      await net.fit(train, { epochs: 2 });
      file = await net.save(undefined, { weightsOnly: true });
      model = await opened(file);
      expected = await net.predict(held);
    });

    test('says what it is', async () => {
      expect(model.input).toEqual([784]);
      expect(model.classNames).toEqual(Array.from('0123456789'));
      expect(await model.summary()).toMatchObject({
        parameters: 9550,
        layers: [{ name: 'layers.0' }, { kind: 'dense' }],
      });
      expect(model.model).toMatchObject({ input: [784], shapes: [[784], [12], [10]] });
    });

    test.each<[string, () => Parameters<Predictor['predict']>[0]]>([
      ['bytes', () => bytes],
      ['clamped bytes', () => new Uint8ClampedArray(bytes)],
      ['numbers', () => Array.from(bytes)],
      ['rows of bytes', () => Array.from({ length: 40 }, (_, i) => bytes.subarray(784 * i, 784 * (i + 1)))],
      [
        'rows of numbers',
        () => Array.from({ length: 40 }, (_, i) => Array.from(bytes.subarray(784 * i, 784 * (i + 1)))),
      ],
      ['floats that are bytes', () => Float32Array.from(bytes)],
      ['a data set', () => held],
      ['another form of it', () => fromArrays({ x: scaled, y: new Uint8Array(40), shape: [784], classes: 10 })],
      [
        'a streamed data set',
        () =>
          fromSamples(
            (samples) => ({
              x: Array.from(samples).flatMap((i) => Array.from(bytes.subarray(784 * i, 784 * (i + 1)))),
              y: Array.from(samples, () => 0),
            }),
            { count: 40, shape: [28, 28], classes: 10, type: 'uint8', scale: 1 / 255 },
          ),
      ],
    ])('predicts %s as the net does', async (_what, x) => {
      close(await model.predict(x()), expected);
    });

    test('predicts pictures of any size, as grey', async () => {
      const picture = (i: number, zoom = 1) => {
        const [width, height] = [28 * zoom, 28 * zoom];
        const data = new Uint8ClampedArray(4 * width * height);
        for (let p = 0; p < width * height; p++) {
          const at = Math.floor(p / width / zoom) * 28 + Math.floor((p % width) / zoom);
          data.fill(bytes[784 * i + at], 4 * p, 4 * p + 3);
          data[4 * p + 3] = 255;
        }
        return { width, height, data };
      };
      close(await model.predict(picture(3)), expected.subarray(30, 40));
      close(await model.predict([picture(0), picture(1, 3)]), expected.subarray(0, 20));
      await expect(model.predict([picture(0), { ...picture(1), width: 3 }])).rejects.toThrow(
        /picture 1: expected \{ width/,
      );
      const flat = await made();
      await expect((await opened(await flat.save())).predict(picture(0))).rejects.toThrow(
        /to make of a picture, found \[784\]/,
      );
    });

    test('of one sample, and of more than a batch holds', async () => {
      expect(await model.predict(one)).toEqual(expected.subarray(0, 10));
      const many = new Uint8Array(784 * 1100);
      for (let i = 0; i < 1100; i++) many.set(bytes.subarray(784 * (i % 40), 784 * ((i % 40) + 1)), 784 * i);
      const found = await model.predict(many);
      for (let i = 0; i < 1100; i++)
        expect(found.subarray(10 * i, 10 * i + 10)).toEqual(expected.subarray(10 * (i % 40), 10 * (i % 40) + 10));
    });

    test('names the class of each sample', async () => {
      const found = await model.classify(bytes);
      expect(found).toHaveLength(40);
      for (const [i, { className, index, probability }] of found.entries()) {
        const outputs = expected.subarray(10 * i, 10 * i + 10);
        expect(className).toBe(String(index));
        expect(probability).toBe(outputs[index]);
        expect(probability).toBe(Math.max(...outputs));
      }
    });

    test('evaluates as the net does, several data sets at once', async () => {
      const sets = [held, take(held, 7), train];
      const found = await Promise.all(sets.map((set) => model.evaluate(set)));
      for (const [i, set] of sets.entries()) {
        const { loss, ...rest } = await net.evaluate(set);
        expect(found[i]).toMatchObject(rest);
        expect(found[i].loss).toBeCloseTo(loss, 5);
      }
      await expect(model.evaluate(held, { batch: 3 } as never)).rejects.toThrow(ArgumentError);
      await expect(model.evaluate(fromArrays({ x: [[1]], y: [1] }))).rejects.toThrow(ShapeError);
    });

    test('gives every one of many calls its own', async () => {
      const places = Array.from({ length: 60 }, (_, i) => [(i * 7) % 40, 1 + ((i * 5) % 3)] as const);
      const calls = places.map(([at, n]) => model.predict(bytes.subarray(784 * at, 784 * Math.min(40, at + n))));
      const wrong = model.predict(new Uint8Array(3)).catch((error: unknown) => error);
      const all = await Promise.all(calls);
      for (const [i, [at, n]] of places.entries())
        expect(all[i]).toEqual(expected.subarray(10 * at, 10 * Math.min(40, at + n)));
      expect(await wrong).toBeInstanceOf(ShapeError);
    });

    test('rows of a table are encoded by the columns that training had', async () => {
      const table = await csv(new TextEncoder().encode('size,colour,kind\n1,red,a\n2.5,blue,b\n,red,a\n4,green,b\n'), {
        target: 'kind',
        categorical: ['colour'],
        missing: 'mean',
      });
      const net = await compile(sequential([4], [dense(2)]), {
        ...{ device: device(), batch: 2, loss: softmaxCrossEntropy() },
        optimizer: sgd({ learningRate: 0.1 }),
      });
      left.push(net);
      await net.fit(table, { epochs: 1 });
      const found = await opened(await net.save());
      expect(found.classNames).toEqual(['a', 'b']);
      const expected = await net.predict(table);
      close(await found.predict(table), expected);
      const records = [
        { colour: 'red', size: 1 },
        { colour: 'blue', size: '2.5' },
        { colour: 'red', size: '', more: 7 },
        { colour: 'green', size: 4 },
      ];
      close(await found.predict(records), expected);
      close(await found.predict(records[1]), expected.subarray(2, 4));
      close(
        await found.predict([
          [1, 'red'],
          [2.5, 'blue'],
          [null, 'red'],
          ['4', 'green'],
        ]),
        expected,
      );
      close(await found.predict(table.inputs.data), expected);
      expect((await found.classify(records))[0].className).toMatch(/^[ab]$/);
      await expect(found.predict([{ size: 1 }])).rejects.toThrow(/predict: x\[0\]: expected a cell "colour"/);
      await expect(found.predict([{ size: 1, colour: 'mauve' }])).rejects.toThrow(DataError);
      await expect(model.predict([{ size: 1 }] as never)).rejects.toThrow(ShapeError);
    });

    test.each<[string, () => unknown, typeof ShapeError | typeof DataError, RegExp]>([
      [
        'scaled floats',
        () => scaled,
        DataError,
        /value \d+ of sample 0: expected an integer from 0 to 255, as in training, found 0\.\d+; the scale/,
      ],
      [
        'a negative number',
        () => Array.from(one, () => -1),
        DataError,
        /expected an integer from 0 to 255, as in training, found -1$/,
      ],
      [
        'a NaN in the second row',
        () => [one, Array.from(one, (_, i) => (i === 5 ? Number.NaN : 0))],
        DataError,
        /value 5 of sample 1: .* found NaN/,
      ],
      [
        'half a sample',
        () => bytes.subarray(0, 392),
        ShapeError,
        /expected whole samples of 784 values, found 392 values$/,
      ],
      ['no samples', () => [], ShapeError, /expected whole samples of 784 values, found 0 values/],
      ['a row that is too short', () => [one, [1, 2]], ShapeError, /found 2 values in row 1/],
      ['a row that is none', () => [one, null], ShapeError, /found null/],
      ['a text', () => 'digits', ShapeError, /found "digits"/],
      ['nothing', () => undefined, ShapeError, /found undefined/],
    ])('%s is an error that says so', async (_what, x, kind, words) => {
      const error = await model.predict(x() as never).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(kind);
      expect((error as Error).message).toMatch(words);
    });

    test('a net that was trained on floats takes the same floats, and bytes only with a scale', async () => {
      const other = await made();
      await other.fit(fromArrays({ x: scaled, y: held.targets.data, shape: [784], classes: 10 }), { epochs: 1 });
      const saved = await other.save();
      const found = await opened(saved);
      expect(await found.predict(scaled)).toEqual(await other.predict(scaled));
      expect(found.classNames).toBeUndefined();
      expect((await found.classify(scaled))[0].className).toMatch(/^\d$/);
      await expect(found.predict(bytes)).rejects.toThrow(/trained on floats|given floats, found bytes/);
      const told = await opened(saved, { scale: 1 / 255 });
      close(await told.predict(bytes), await other.predict(scaled));
      await expect(openModel(saved, { device: device(), scale: Number.NaN })).rejects.toThrow(ArgumentError);
    });

    test('a loss that takes logits has its activation applied, and classes only where they exclude each other', async () => {
      const labels = await made(sigmoidCrossEntropy());
      const byLabel = await opened(await labels.save());
      expect(await byLabel.predict(scaled)).toEqual(await labels.predict(scaled));
      await expect(byLabel.classify(scaled)).rejects.toThrow(/answers every label by itself/);
      const single = await compile(sequential([2], [dense(1, sigmoid)]), {
        device: device(),
        batch: 2,
        loss: quadratic(),
        optimizer: sgd({ learningRate: 1 }),
      });
      left.push(single);
      await expect((await opened(await single.save())).classify([1, 2])).rejects.toThrow(/single output/);
      const fitted = await compile(sequential([2], [dense(2)]), {
        device: device(),
        batch: 2,
        loss: quadratic(),
        optimizer: sgd({ learningRate: 0 }),
      });
      left.push(fitted);
      const values = {
        x: [
          [1, 2],
          [3, 4],
        ],
        y: [
          [0.5, 7],
          [8, 9],
        ],
      };
      await fitted.fit(fromArrays(values), { epochs: 1 });
      await expect((await opened(await fitted.save())).classify([1, 2])).rejects.toThrow(/was trained on values/);
    });

    test('an output that is no number is an error of its call alone', async () => {
      const wide = await compile(sequential([1], [dense(1, linear)]), {
        device: device(),
        batch: 2,
        loss: quadratic(),
        optimizer: sgd({ learningRate: 1 }),
      });
      left.push(wide);
      wide.setParameters({
        'layers.0.weight': { shape: [1, 1], data: [1e30] },
        'layers.0.bias': { shape: [1], data: [0] },
      });
      const found = await opened(await wide.save());
      const [good, bad, also] = await Promise.allSettled([
        found.predict([1]),
        found.predict([1, 1e30]),
        found.predict([2]),
      ]);
      expect(good).toEqual({ status: 'fulfilled', value: Float32Array.of(1e30) });
      expect(bad.status === 'rejected' && bad.reason).toBeInstanceOf(NonFiniteError);
      expect(bad.status === 'rejected' && bad.reason.message).toMatch(/output 0 of sample 1 is Infinity/);
      expect(also).toEqual({ status: 'fulfilled', value: Float32Array.of(2e30) });
    });

    test('an activation of your own is given', async () => {
      const cube = pointwise({
        name: 'cube',
        wgsl: 'fn f(z: f32) -> f32 { return z * z * z; }',
        derivative: 'fn derivative(z: f32) -> f32 { return 3.0 * z * z; }',
        reference: { f: (z) => z ** 3, derivative: (z) => 3 * z * z },
      });
      const own = await compile(sequential([2], [dense(2, cube)]), {
        device: device(),
        batch: 2,
        loss: quadratic(),
        optimizer: sgd({ learningRate: 1 }),
      });
      left.push(own);
      const saved = await own.save();
      await expect(openModel(saved, { device: device() })).rejects.toThrow(/activation "cube" in \{ activations/);
      const found = await opened(saved, { activations: [cube] });
      expect(await found.predict([1, 2])).toEqual(await own.predict([1, 2]));
    });

    test('after it is destroyed every call is a StateError, also those under way', async () => {
      const gone = await openModel(file, { device: device() });
      const calls = Array.from({ length: 5 }, () => gone.predict(bytes));
      const late = Promise.allSettled(calls);
      gone.destroy();
      gone.destroy();
      for (const call of await late) {
        if (call.status === 'rejected') expect(call.reason).toBeInstanceOf(StateError);
      }
      await expect(gone.predict(one)).rejects.toThrow(StateError);
      await expect(gone.evaluate(held)).rejects.toThrow(StateError);
    });

    test('a file without a model, without its weights or with others is refused', async () => {
      const { tensors, metadata } = parseSafetensors(file);
      const { [MODEL]: text, 'retrograd.crc32': _, ...rest } = metadata;
      const open = (bytes: Uint8Array) => openModel(bytes, { device: device() });
      await expect(open(formatSafetensors(tensors, rest))).rejects.toThrow(
        /says what its model is.*compile\(model, \.\.\.\)/,
      );
      const { 'layers.1.bias': __, ...fewer } = tensors;
      await expect(open(formatSafetensors(fewer, { [MODEL]: text }))).rejects.toThrow(/layers\.1\.bias: missing/);
      const wide = formatSafetensors(tensors, { [MODEL]: text.replace('"units":12', '"units":13') });
      await expect(open(wide)).rejects.toThrow(/layers\.0\.weight: expected \[13, 784\], found \[12, 784\]/);
      await expect(open(Uint8Array.of(1, 2))).rejects.toThrow(DataError);
      await expect(openModel(7 as never)).rejects.toThrow(ArgumentError);
      await expect(openModel(file, { device: 'gpu' as never })).rejects.toThrow(/device must be one from openDevice/);
      await expect(openModel(file, { batch: 3 } as never)).rejects.toThrow(ArgumentError);
    });
  });
}

behaviour('on the CPU', () => 'cpu');
const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);

test('programs are made for a few sizes, and calls that wait share a batch', async () => {
  const net = await compile(sequential([784], [dense(12, relu), dense(10)]), {
    device: gpu.device,
    batch: 20,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  await net.fit(train, { epochs: 1 });
  const file = await net.save();
  net.destroy();
  const counter = countCalls(gpu.device.gpu);
  const model = await openModel(file, { device: gpu.device });
  const single = counter.take().made.createBindGroup!;
  const predict = async (n: number) => {
    await model.predict(bytes.subarray(0, 784 * n));
    const { made, dispatches, submits } = counter.take();
    return { made: made.createBindGroup ?? 0, dispatches: dispatches / single, submits };
  };
  // As many dispatches as a net has kernels, in a submit of their own; the first of a size makes a program.
  expect(await predict(1)).toEqual({ made: 0, dispatches: 1, submits: expect.any(Number) });
  expect(await predict(3)).toMatchObject({ made: single, dispatches: 1 });
  expect(await predict(4)).toMatchObject({ made: 0, dispatches: 1 });
  expect(await predict(40)).toMatchObject({ made: single, dispatches: 1 });
  // Two calls go at once, and the other 38, which wait, together.
  const calls = Array.from({ length: 40 }, (_, i) => model.predict(bytes.subarray(784 * i, 784 * (i + 1))));
  await Promise.all(calls);
  expect(counter.take().dispatches / single).toBe(3);
  counter.stop();
  model.destroy();
});
