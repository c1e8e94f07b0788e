/** What goes in, what comes out, and what is in the file: run by onnxruntime. */
import { describe, expect, test } from 'vitest';
import { normals } from '../../../src/base/random.ts';
import { size } from '../../../src/base/tensor.ts';
import { csv, fromArrays } from '../../../src/data.node.ts';
import {
  ArgumentError,
  activation,
  adam,
  add,
  apply,
  batchNorm,
  type CompileOptions,
  compile,
  concat,
  conv1d,
  conv2d,
  conv2dTranspose,
  DataError,
  dense,
  embedding,
  flatten,
  formatSafetensors,
  input,
  linear,
  lossFunction,
  type Model,
  meanSquared,
  model,
  parseSafetensors,
  permute,
  pointwise,
  prelu,
  quadratic,
  relu,
  reshape,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  standardize,
  type Tensor,
  type Trainer,
  tanh,
} from '../../../src/index.node.ts';
import { parametersOf } from '../../../src/nn/model.ts';
import { toOnnx } from '../../../src/onnx/index.ts';
import { error, type Given, run, signatureOf } from '../onnxruntime.ts';

const normal = (count: number, stream: number): Float32Array => Float32Array.from(normals(count, 4, stream));

/** A net with random numbers for all its parameters; variances are positive. */
async function netOf<M extends Model>(of: M, options: Partial<CompileOptions> = {}): Promise<Trainer<M>> {
  const net = await compile(of, {
    ...{ device: 'cpu', batch: 4, loss: quadratic(), optimizer: sgd({ learningRate: 0.01 }) },
    ...options,
  } as CompileOptions);
  const values = parametersOf(of).map(({ key, shape }, i): [string, Tensor] => {
    const data = normal(size(shape), 50 + i);
    return [key, { shape, data: /running_var|std$/.test(key) ? data.map((v) => 0.5 + v * v) : data }];
  });
  await net.setParameters(Object.fromEntries(values));
  return net as Trainer<M>;
}

const floats = (x: Float32Array, ...sample: number[]): Given => ({
  shape: [x.length / size(sample), ...sample],
  data: x,
});

/** Whether the bytes of a file have this text. */
const has = (file: Uint8Array, text: string): boolean => Buffer.from(file).includes(text);
/** How often. */
const times = (file: Uint8Array, text: string): number => Buffer.from(file).toString('latin1').split(text).length - 1;

describe('samples go in as they were in training', () => {
  const bytes = Uint8Array.from({ length: 12 * 3 }, (_, i) => (i * 37) % 256);
  const scale = { scale: 1 / 255, classNames: ['low', 'top'] };
  const ofBytes = fromArrays({
    x: bytes,
    shape: [3],
    y: bytes.subarray(0, 12).map((n) => n % 2),
    classes: 2,
    ...scale,
  });

  test('bytes, with their scale and the names of classes', async () => {
    const net = await netOf(sequential([3], [dense(4, tanh), dense(2)]), { loss: softmaxCrossEntropy() });
    await net.fit(ofBytes, { epochs: 1 });
    const file = await toOnnx(net);
    expect(await signatureOf(file)).toEqual({ inputs: ['input uint8 [N,3]'], outputs: ['output float32 [N,2]'] });
    const { output } = await run(file, { input: { shape: [12, 3], data: bytes } });
    expect(error(output.data, await net.predict(bytes))).toBeLessThan(1e-5);
    expect(has(file, '["low","top"]') && has(file, '"type":"uint8","scale":0.00392')).toBe(true);
  });

  test('or as the net sees them', async () => {
    const net = await netOf(sequential([3], [dense(2)]));
    await net.fit(ofBytes, { epochs: 1 });
    const file = await toOnnx(net, { raw: false });
    expect((await signatureOf(file)).inputs).toEqual(['input float32 [N,3]']);
    const x = normal(15, 1);
    expect(error((await run(file, { input: floats(x, 3) })).output.data, await net.predict(x))).toBeLessThan(1e-5);
  });

  test('bytes of one of several inputs', async () => {
    const [image, facts] = [input([2, 2]), input([3])];
    const both = apply(concat(), apply(flatten(), image), facts);
    const net = await netOf(model({ image, facts }, apply(dense(2), both)));
    const [pixels, numbers] = [Uint8Array.from({ length: 16 }, (_, i) => 15 * i), normal(12, 2)];
    const given = { image: { x: pixels, shape: [2, 2], scale: 0.5 }, facts: { x: numbers, shape: [3] } };
    await net.fit(fromArrays({ inputs: given, y: normal(8, 3) }), { epochs: 1 });
    const file = await toOnnx(net);
    expect((await signatureOf(file)).inputs).toEqual(['image uint8 [N,2,2]', 'facts float32 [N,3]']);
    const { output } = await run(file, { image: { shape: [4, 2, 2], data: pixels }, facts: floats(numbers, 3) });
    const seen = { image: Float32Array.from(pixels, (v) => v / 2), facts: numbers };
    expect(error(output.data, await net.predict(seen))).toBeLessThan(1e-5);
  });

  test('the columns of a table, and a deviation of 0', async () => {
    const table = new TextEncoder().encode('a,b,kind\n1,5,x\n2,5,y\n4,5,x\n9,5,y\n');
    const data = await csv(table, { target: 'kind' });
    const first = standardize({ mean: [4, 5], deviation: [3, 0] });
    const of = sequential([2], [first, dense(2)]);
    const net = await compile(of, { device: 'cpu', batch: 4, loss: softmaxCrossEntropy(), optimizer: adam() });
    await net.fit(data, { epochs: 1 });
    const file = await toOnnx(net);
    expect(has(file, '"name":"b","kind":"number"') && has(file, '{"mean":[4,5],"deviation":[3,0]}')).toBe(true);
    const x = Float32Array.of(1, 2, 3, 4, -5, 5);
    expect(error((await run(file, { input: floats(x, 2) })).output.data, await net.predict(x))).toBeLessThan(1e-5);
  });

  test('whole numbers for an embedding, also through layers that move them', async () => {
    const x = input([2, 3]);
    const turned = apply(flatten(), apply(permute([1, 0]), x));
    const net = await netOf(model(x, apply(dense(2), apply(embedding(5, 2), turned))));
    const numbers = Float32Array.from({ length: 24 }, (_, i) => (7 * i) % 5);
    const file = await toOnnx(net);
    expect((await signatureOf(file)).inputs).toEqual(['input int64 [N,2,3]']);
    const given = { shape: [4, 2, 3], data: BigInt64Array.from(numbers, BigInt) };
    expect(error((await run(file, { input: given })).output.data, await net.predict(numbers))).toBeLessThan(1e-5);
  });

  test('floats where an embedding takes them as well as another layer', async () => {
    const [a, b] = [input([2]), input([3])];
    const all = apply(concat(), a, b);
    const words = apply(flatten(), apply(embedding(5, 2), all));
    const net = await netOf(model({ a, b }, apply(dense(2), apply(concat(), words, a))));
    const [one, other] = [Float32Array.of(1, 4, 0, 2), Float32Array.of(0, 1, 2, 3, 4, 0)];
    const file = await toOnnx(net);
    expect((await signatureOf(file)).inputs).toEqual(['a float32 [N,2]', 'b int64 [N,3]']);
    const found = await run(file, { a: floats(one, 2), b: { shape: [2, 3], data: BigInt64Array.from(other, BigInt) } });
    expect(error(found.output.data, await net.predict({ a: one, b: other }))).toBeLessThan(1e-5);
  });
});

describe('what comes out', () => {
  test('has the names of the model, and each output what its loss makes of it', async () => {
    const [x, z] = [input([3]), input([2])];
    const h = apply(concat(), apply(dense(4, tanh), x), z);
    const kind = apply(dense(3), h);
    // An output with the name of an input, the same value twice, and one that goes on.
    const of = model({ x, z }, { x: kind, again: kind, tags: apply(dense(2), kind), h });
    const loss = { x: softmaxCrossEntropy(), again: meanSquared(), tags: sigmoidCrossEntropy(), h: meanSquared() };
    const net = await netOf(of, { loss } as never);
    const given = { x: normal(9, 1), z: normal(6, 2) };
    const expected = await net.predict(given);
    const file = await toOnnx(net);
    const { outputs } = await signatureOf(file);
    expect(outputs).toEqual(['x_2 float32 [N,3]', 'again float32 [N,3]', 'tags float32 [N,2]', 'h float32 [N,6]']);
    const found = await run(file, { x: floats(given.x, 3), z: floats(given.z, 2) });
    for (const [name, values] of Object.entries(expected))
      expect(error(found[name === 'x' ? 'x_2' : name].data, values), name).toBeLessThan(1e-5);
  });

  test('a value that is an input, and one that a layer leaves as it is', async () => {
    const x = input([3]);
    const same = apply(activation(linear), x);
    const net = await netOf(model(x, { same, more: apply(dense(2), same), alike: apply(activation(linear), same) }), {
      loss: { same: quadratic(), more: quadratic(), alike: quadratic() },
    } as never);
    const given = normal(6, 1);
    const found = await run(await toOnnx(net), { input: floats(given, 3) });
    expect(found.same.data).toEqual(given);
    expect(found.alike.data).toEqual(given);
    expect(error(found.more.data, (await net.predict(given)).more)).toBeLessThan(1e-5);
  });

  test('has no softmax with logits', async () => {
    const net = await netOf(sequential([3], [dense(2)]), { loss: softmaxCrossEntropy() });
    const x = normal(6, 1);
    const { output } = await run(await toOnnx(net, { logits: true }), { input: floats(x, 3) });
    const expected = await net.predict(x);
    const sums = expected.map(
      (_, i) =>
        Math.exp(output.data[i]) / (Math.exp(output.data[i - (i % 2)]) + Math.exp(output.data[i - (i % 2) + 1])),
    );
    expect(error(sums, expected)).toBeLessThan(1e-5);
    expect(Math.max(...output.data.map(Math.abs))).toBeGreaterThan(1);
  });

  test.each([1, 2, 9])('for %i samples', async (n) => {
    const net = await netOf(sequential([2, 4], [conv1d(3, 2, relu), flatten(), dense(2)]));
    const x = normal(8 * n, 1);
    const { output } = await run(await toOnnx(net), { input: floats(x, 2, 4) });
    expect(output.shape).toEqual([n, 2]);
    expect(error(output.data, await net.predict(x))).toBeLessThan(1e-5);
  });

  test('is what the averaged weights give', async () => {
    const net = await netOf(sequential([3], [dense(2)]), { average: 0.5 } as never);
    for (let step = 0; step < 4; step++) net.step(normal(12, step), normal(8, step + 9));
    const x = normal(6, 1);
    const { output } = await run(await toOnnx(net), { input: floats(x, 3) });
    expect(error(output.data, await net.predict(x))).toBeLessThan(1e-5);
    const { data } = (await net.parameters())['layers.0.bias'];
    expect(error(data, (await net.parameters({ averaged: true }))['layers.0.bias'].data)).toBeGreaterThan(1e-3);
  });
});

test('a net and its file give the same bytes', async () => {
  const net = await netOf(sequential([3], [dense(2, relu), dense(1)]));
  const file = await toOnnx(net);
  expect(await toOnnx(await net.save())).toEqual(file);
  expect(await toOnnx((await net.save()).buffer)).toEqual(file);
});

test('weights that layers share are in the file once', async () => {
  const x = input([40]);
  const shared = dense(40, tanh);
  const slope = prelu();
  const twice = apply(shared, apply(slope, apply(shared, x)));
  const image = apply(flatten(), apply(slope, apply(reshape([40, 1, 1]), twice)));
  const net = await netOf(model(x, apply(add(), image, x)));
  const file = await toOnnx(net);
  expect(file.length).toBeLessThan(1.5 * 4 * 40 * 40);
  const given = normal(80, 1);
  expect(error((await run(file, { input: floats(given, 40) })).output.data, await net.predict(given))).toBeLessThan(
    1e-5,
  );
});

describe('batchNorm', () => {
  const shared = conv2d(2, 1, linear, { bias: false });
  const folds: [string, number[], Model['layers'], number][] = [
    ['dense', [5], [dense(4), batchNorm()], 0],
    ['conv1d', [2, 6], [conv1d(4, 3, linear, { groups: 2, bias: false }), batchNorm({ epsilon: 0.1 })], 0],
    ['conv2d', [2, 5, 4], [conv2d(3, [2, 3], linear, { padding: 1 }), batchNorm(), activation(relu)], 0],
    ['conv2dTranspose', [4, 3, 2], [conv2dTranspose(6, 2, linear, { groups: 2 }), batchNorm()], 0],
    ['one layer twice', [2, 3, 3], [shared, batchNorm(), shared, batchNorm()], 0],
    ['an activation before it', [5], [dense(4, relu), batchNorm()], 1],
    ['nothing before it', [5], [batchNorm(), dense(2)], 1],
  ];

  test.each(folds)('goes into the weights before it: %s', async (_title, sample, layers, left) => {
    const net = await netOf(sequential(sample, layers));
    const x = normal(3 * size(sample), 1);
    const expected = await net.predict(x);
    const [file, folded] = [await toOnnx(net), await toOnnx(net, { foldBatchNorm: true })];
    for (const one of [file, folded])
      expect(error((await run(one, { input: floats(x, ...sample) })).output.data, expected)).toBeLessThan(1e-5);
    expect(times(file, '"\x12BatchNormalization')).toBe(layers.filter(({ layer }) => layer === 'batchNorm').length);
    expect(times(folded, '"\x12BatchNormalization')).toBe(left);
  });

  test('stays where the sums have another use', async () => {
    const x = input([4]);
    const z = apply(dense(4), x);
    const net = await netOf(model(x, apply(add(), apply(batchNorm(), z), z)));
    const file = await toOnnx(net, { foldBatchNorm: true });
    const given = normal(8, 1);
    expect(error((await run(file, { input: floats(given, 4) })).output.data, await net.predict(given))).toBeLessThan(
      1e-5,
    );
    expect(times(file, '"\x12BatchNormalization')).toBe(1);
  });
});

describe('what is refused', () => {
  const own = (name: string) =>
    pointwise({
      name,
      wgsl: 'fn f(z: f32) -> f32 { return 2.0 * z; }',
      derivative: 'fn derivative(z: f32) -> f32 { return 2.0; }',
      reference: { f: (z) => 2 * z, derivative: () => 2 },
    });

  test('activations from pointwise, all of them', async () => {
    const net = await netOf(sequential([2], [dense(3, own('twice')), dense(2, relu), activation(own('double'))]));
    const found = await toOnnx(net).catch((error) => error);
    expect(found).toBeInstanceOf(DataError);
    expect(found.message).toMatch(
      /WGSL.*found\n.*layer 0, dense: activation "twice"\n.*layer 2, activation: activation "double"/,
    );
  });

  test('but not a loss of the user', async () => {
    const loss = lossFunction({
      name: 'own',
      wgsl: 'fn loss(a: f32, y: f32) -> f32 { return (a - y) * (a - y); }',
      derivative: 'fn derivative(a: f32, y: f32) -> f32 { return 2.0 * (a - y); }',
      reference: { loss: (a, y) => (a - y) ** 2, derivative: (a, y) => 2 * (a - y) },
    });
    const net = await netOf(sequential([2], [dense(2)]), { loss });
    const x = normal(6, 1);
    expect(
      error((await run(await toOnnx(net), { input: floats(x, 2) })).output.data, await net.predict(x)),
    ).toBeLessThan(1e-5);
  });

  test('what is no net, no file of one, or no option', async () => {
    const net = await netOf(sequential([2], [dense(2)]));
    const { tensors, metadata } = parseSafetensors(await net.save());
    const bare = formatSafetensors(tensors);
    const { 'layers.0.bias': _, ...rest } = tensors;
    const { 'retrograd.crc32': __, ...texts } = metadata;
    const cases: [() => Promise<unknown>, new (message: string) => Error, RegExp][] = [
      [() => toOnnx({} as never), ArgumentError, /toOnnx: expected a net, or the bytes/],
      [() => toOnnx(net, { fold: true } as never), ArgumentError, /fold/],
      [() => toOnnx(net, { logits: 1 } as never), ArgumentError, /logits/],
      [() => toOnnx(bare), DataError, /expected a file that says what its model is/],
      [() => toOnnx(formatSafetensors(rest, texts)), DataError, /layers.0.bias: missing/],
      [() => toOnnx(new Uint8Array(3)), DataError, /size of a header/],
    ];
    for (const [call, kind, words] of cases) {
      const found = (await call().catch((error) => error)) as Error;
      expect(found).toBeInstanceOf(kind);
      expect(found.message).toMatch(words);
    }
  });
});
