/** What an export has in it, and what it refuses; it needs no Python. */
import { expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  ArgumentError,
  adam,
  type CompileOptions,
  compile,
  cosineDecay,
  DataError,
  dense,
  type Model,
  parseSafetensors,
  relu,
  ShapeError,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';
import type { OwnActivation } from '../../src/ops/activation-table.ts';
import { ownNames } from '../../src/pytorch/activations.ts';
import { exportPyTorch } from '../../src/pytorch/index.ts';
import { samples } from '../support/nets.ts';
import { activations } from '../support/networks.ts';

const { own } = activations;
const small = sequential([4], [dense(3, relu), dense(2)]);
const compiled = (model: Model, options: Partial<CompileOptions> = {}): Promise<Trainer> =>
  compile(model, { device: 'cpu', batch: 5, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 7, ...options });

/** The files of a net that is not needed after that. */
async function exported(net: Trainer, options?: Parameters<typeof exportPyTorch>[1]) {
  const files = await exportPyTorch(net, options);
  const bytes = await net.save();
  net.destroy();
  return { files, bytes, config: JSON.parse(files['config.json'] as string) };
}

test('a net and its file make the same files, whose weights are the file', async () => {
  const { files, bytes } = await exported(await compiled(small));
  expect(await exportPyTorch(bytes)).toEqual(files);
  expect(files['weights.safetensors']).toEqual(bytes);
  expect(Object.keys(files).sort()).toEqual(
    ['README.md', 'config.json', 'data.py', 'draws.py', 'layers.py', 'losses.py', 'model.py', 'schedule.py', 'state.py']
      .concat('train.py', 'weights.safetensors')
      .sort(),
  );
});

test('config.json has what training depends on, by parameter where it was given by patterns', async () => {
  const optimizer = adam({ learningRate: cosineDecay({ from: 0.1, steps: 9 }), weightDecay: 0.1, decayed: 'weights' });
  const net = await compiled(small, {
    optimizer,
    ...{ clipNorm: 2, accumulate: 3, average: 0.5, freeze: ['layers.0.bias'] },
    ...{ learningRates: { 'layers.1.*': 0.5 }, regularize: { '*.weight': { l1: 0.25 } } },
  });
  const { x, y } = samples(small, softmaxCrossEntropy(), 5);
  for (let i = 0; i < 4; i++) net.step(x, y);
  const { config } = await exported(net);
  expect(config).toMatchObject({
    ...{ input: [4], outputs: 2, batch: 5, seed: 7, steps: 4, updates: 1, pending: { steps: 1, samples: 5 } },
    ...{ frozen: ['layers.0.bias'], decays: ['layers.0.weight', 'layers.1.weight'] },
    factors: { 'layers.1.weight': 0.5, 'layers.1.bias': 0.5 },
    update: { clipNorm: 2, accumulate: 3, average: 0.5, regularize: { 'layers.0.weight': { l1: 0.25 } } },
    optimizer: { kind: 'adam', momentum: 0.9, decay: 0.999, weightDecay: 0.1 },
    learningRate: { schedule: 'cosineDecay', from: 0.1, to: 0, steps: 9 },
    loss: { name: 'softmaxCrossEntropy', reduction: 'mean' },
  });
});

test('a file of weights alone has no optimizer', async () => {
  const net = await compiled(small);
  const bytes = await net.save(undefined, { weightsOnly: true });
  net.destroy();
  const files = await exportPyTorch(bytes);
  expect(JSON.parse(files['config.json'] as string)).toMatchObject({ optimizer: null, frozen: [] });
});

test('16-bit weights are written as 32-bit ones', async () => {
  const net = await compiled(small);
  const bytes = await net.save(undefined, { weightsOnly: true, type: 'F16' });
  net.destroy();
  const { 'weights.safetensors': written } = await exportPyTorch(bytes);
  expect(parseSafetensors(written as Uint8Array).tensors).toEqual(parseSafetensors(bytes).tensors);
});

test('an activation to fill in has its WGSL as a comment, where it is given', async () => {
  const model = sequential([4], [dense(3, own), dense(2)]);
  const { files, bytes } = await exported(await compiled(model), { activations: [own] });
  expect(files['model.py']).toContain(
    '    # const K = 1.0; fn f(z: f32) -> f32 { return z * z / (K + abs(z)); }\n    # fn f_gradient(z: f32) -> f32 {',
  );
  const text = (await exportPyTorch(bytes))['model.py'];
  expect(text).toContain('TO FILL IN: the activation own,');
  expect(text).not.toContain('    # ');
});

test('what is no net, and what does not fit, is refused', async () => {
  const net = await compiled(small);
  const { bytes } = await exported(net);
  const refused = (of: unknown, options?: unknown) => exportPyTorch(of as never, options as never);
  await expect(refused(7)).rejects.toThrow(ArgumentError);
  await expect(refused(bytes, { activation: [] })).rejects.toThrow(
    /exportPyTorch: expected \{ activations, train, test \}/,
  );
  await expect(refused(bytes, { activations: [relu] })).rejects.toThrow(
    /activations must be a list of activations from/,
  );
  await expect(refused(bytes.subarray(0, -1))).rejects.toThrow(DataError);
  await expect(refused(bytes, { train: { count: 1 } })).rejects.toThrow(/exportPyTorch: train: expected a data set/);
  const train = fromArrays({ x: [[1], [2]], y: [0, 1] });
  await expect(refused(bytes, { train })).rejects.toThrow(ShapeError);
});

test('activations of one name have functions of their own', () => {
  const of = (name: string, wgsl: string) => ({ name, wgsl }) as OwnActivation;
  const names = ownNames([of('a', 'f_1'), of('a', 'f_2'), of('a_2', 'f_3'), of('b-ü', 'f_4')]);
  expect([...names.values()]).toEqual(['activation_a', 'activation_a_2', 'activation_a_2_2', 'activation_b__']);
});
