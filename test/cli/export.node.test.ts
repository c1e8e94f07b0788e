/** `retrograd export`, of the build: LeNet trained here, exported, and run by onnxruntime. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digits } from '../../src/data.node.ts';
import {
  adam,
  compile,
  dense,
  openDevice,
  quadratic,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { lenet } from '../../src/nn/lenet.ts';
import { exportPyTorch } from '../../src/pytorch/index.ts';
import { error, run } from '../onnx/onnxruntime.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const retrograd = (...args: string[]) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, [cli, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );

let folder: string;
beforeAll(async () => {
  if (!existsSync(cli)) throw new Error('dist/cli.js is not there: these tests run the build, made by `npm run build`');
  folder = await mkdtemp(join(tmpdir(), 'retrograd-export-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('to ONNX', () => {
  test('LeNet has the same accuracy in onnxruntime', async () => {
    const { train, test } = digits({ train: 1000, test: 200 });
    const model = lenet([1, 28, 28], 10);
    const options = { batch: 20, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 1, tune: 'off' } as const;
    const device = await openDevice();
    const net = await compile(model, { device, ...options });
    await net.fit(train, { epochs: 1 });
    const [saved, to] = [join(folder, 'lenet.safetensors'), join(folder, 'lenet.onnx')];
    await net.save(saved);
    const { code, stderr, stdout } = await retrograd('export', saved, '--to', 'onnx', to, '--json');
    expect(code, stderr).toBe(0);
    const file = await readFile(to);
    expect(JSON.parse(stdout)).toEqual({ event: 'export', file: saved, to: 'onnx', place: to, bytes: file.length });
    const images = test.inputs.data as Uint8Array;
    const { output } = await run(file, { input: { shape: [test.count, 1, 28, 28], data: images } });
    const { accuracy } = await net.evaluate(test);
    expect(error(output.data, await net.predict(test))).toBeLessThan(1e-5);
    net.destroy();
    device.destroy();
    const right = Array.from({ length: test.count }, (_, i) => {
      const probabilities = output.data.subarray(10 * i, 10 * i + 10);
      return Number(probabilities.indexOf(Math.max(...probabilities)) === test.targets.data[i]);
    });
    expect(accuracy).toBeGreaterThan(0.5);
    expect(right.reduce((a, b) => a + b) / test.count).toBeCloseTo(accuracy!, 6);
  });

  test('refuses what it cannot write, and writes nothing', async () => {
    const options = { device: 'cpu', batch: 2, loss: quadratic(), optimizer: sgd({ learningRate: 1 }) } as const;
    const net = await compile(sequential([2], [dense(1)]), options);
    const [saved, to] = [join(folder, 'small.safetensors'), join(folder, 'small.onnx')];
    await net.save(saved);
    net.destroy();
    const damaged = join(folder, 'damaged.safetensors');
    await writeFile(damaged, (await readFile(saved)).subarray(0, -1));
    const wrong: [code: number, words: string, ...args: string[]][] = [
      [2, '--to: expected one of onnx, pytorch', saved, to],
      [2, "--to <format>' argument 'tflite' is invalid", saved, '--to', 'tflite', to],
      [1, 'no such file', join(folder, 'none'), '--to', 'onnx', to],
      [1, `${damaged}: `, damaged, '--to', 'onnx', to],
      [1, 'found a folder', saved, '--to', 'onnx', folder],
    ];
    const refused = wrong.map(async ([code, words, ...args]) => {
      const found = await retrograd('export', ...args);
      expect(found).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
    });
    await Promise.all(refused);
    expect(existsSync(to)).toBe(false);
    expect(await retrograd('export', saved, '--to', 'onnx', to)).toMatchObject({ code: 0 });
    const again = await retrograd('export', saved, '--to', 'onnx', to);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('or --overwrite, found') });
    expect(await retrograd('export', saved, '--to', 'onnx', to, '--overwrite', '--logits')).toMatchObject({ code: 0 });
  });
});

test('to PyTorch, a folder is written, and one with files is left as it is', async () => {
  const options = { device: 'cpu', batch: 2, loss: quadratic(), optimizer: adam() } as const;
  const net = await compile(sequential([2], [dense(1)]), options);
  const [saved, to] = [join(folder, 'run.safetensors'), join(folder, 'run')];
  await net.save(saved);
  const { code, stderr, stdout } = await retrograd('export', saved, '--to', 'pytorch', to, '--json');
  expect(code, stderr).toBe(0);
  const files = await exportPyTorch(net);
  net.destroy();
  expect((await readdir(to)).sort()).toEqual(Object.keys(files).sort());
  for (const [name, content] of Object.entries(files))
    expect(await readFile(join(to, name)), name).toEqual(Buffer.from(content as string));
  const bytes = Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  expect(JSON.parse(stdout)).toEqual({ event: 'export', file: saved, to: 'pytorch', place: to, bytes });
  const wrong: [code: number, words: string, ...args: string[]][] = [
    [2, 'expected a folder that is empty or not there yet, found', saved, to],
    [2, 'expected a folder that is empty or not there yet, found', saved, saved],
    [2, '--overwrite', saved, join(folder, 'other'), '--overwrite'],
    [1, 'safetensors', fileURLToPath(import.meta.url), join(folder, 'other')],
  ];
  const refused = wrong.map(async ([code, words, ...args]) => {
    const found = await retrograd('export', ...args, '--to', 'pytorch');
    expect(found).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
  });
  await Promise.all(refused);
  expect(existsSync(join(folder, 'other'))).toBe(false);
});
