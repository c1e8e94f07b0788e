import { expect, test } from 'vitest';
import { usual } from '../../demo/mnist/config.ts';
import { whyOnCpu } from '../../demo/mnist/page/notices/titles.ts';
import { heatOf } from '../../demo/mnist/page/results/heat.ts';
import { commandFor, fileNameOf } from '../../demo/mnist/page/results/weights-file.ts';
import { caution, float, usage, verdict } from '../../demo/mnist/page/trust/findings.ts';
import { guess } from '../../demo/mnist/page/try/guess.ts';

const outputs = (given: Record<number, number>) => Float32Array.from({ length: 10 }, (_, digit) => given[digit] ?? 0);

test.each([
  [{ 7: 0.98, 1: 0.01 }, 'This is a 7.'],
  [{ 8: 0.7, 3: 0.2 }, 'Probably an 8, perhaps a 3.'],
  [{ 9: 0.35, 8: 0.3, 4: 0.25 }, 'Unsure: a 9, an 8 or a 4.'],
  [{ 9: 0.5, 4: 0.4, 7: 0.05 }, 'Unsure: a 9 or a 4.'],
  [{ 2: 0.3 }, 'Unsure: a 2.'],
  [{ 2: 0.04 }, 'It does not recognise this as a digit.'],
])('puts %o into words', (given, words) => {
  expect(guess(outputs(given))).toBe(words);
});

test('colours cells by what they mean: none, some, most of the mistakes, and the share that is right', () => {
  const heat = heatOf([
    [50, 50, 0],
    [1, 99, 0],
    [0, 0, 0],
  ]);
  expect(heat).toEqual([
    ['29%', '48%', '0%'],
    ['15%', '48%', '0%'],
    ['0%', '0%', '0%'],
  ]);
});

test('names the file after the net, and the command that reads it where there is one', () => {
  const config = {
    ...usual,
    hidden: [100, 50].map((units) => ({ kind: 'dense' as const, units, activation: 'leakyRelu' as const })),
  };
  expect(fileNameOf(config, 350)).toBe('retrograd-digits-784-100-50-10-step-350.safetensors');
  expect(commandFor(config, 'a.safetensors')).toBe(
    'npx retrograd eval a.safetensors --data digits --hidden 100,50 --activation leaky-relu --loss cross-entropy',
  );
  expect(commandFor({ ...config, hidden: [] }, 'a.safetensors')).toContain('--hidden none --loss');
  expect(
    commandFor(
      { ...config, hidden: [...config.hidden, { kind: 'dense', units: 5, activation: 'tanh' }] },
      'a.safetensors',
    ),
  ).toBeUndefined();
});

const worst = { row: 0, column: 0, actual: 1, expected: 1, bound: 1 };
const comparison = (tensor: string, share: number) => ({ tensor, shape: [1], worst, share });

test('says whether all tensors are within their bounds, and which are not', () => {
  const [z, w] = [comparison('z1', 0.01), comparison('dW1', 0.234)];
  expect(verdict({ ok: true, tensors: [z, w], share: 0.234 })).toBe(
    'All 2 tensors are within their bounds. The worst, dW1, reaches 23.4\u00a0% of its bound.',
  );
  const bad = comparison('b1′', Number.POSITIVE_INFINITY);
  expect(verdict({ ok: false, tensors: [z, bad], share: bad.share })).toBe(
    '1 of 2 tensors differ by more than rounding can explain: b1′.',
  );
  expect(usage(bad)).toBe('beyond any bound');
});

test('writes floats with the digits that they have', () => {
  expect([1 / 3, 0, 1e-12, Number.NaN].map(float)).toEqual(['0.3333333', '0', '1e-12', 'NaN']);
});

test('warns of coarse timestamps, and of useless ones', () => {
  const kernels = [{ label: 'gemm', milliseconds: 0.1, runs: 10 }];
  expect(caution({ kernels, resolution: 100, coarse: false })).toBeUndefined();
  expect(caution({ kernels, resolution: 100_000, coarse: true })).toContain('100 µs');
  expect(caution({ kernels: [{ ...kernels[0], milliseconds: 0 }], resolution: 0, coarse: true })).toContain(
    'too coarse',
  );
});

test('says that there is no WebGPU only where there is none', () => {
  expect(whyOnCpu('webgpu')).toBe('this browser has no WebGPU, or it is turned off');
  expect(whyOnCpu('webgpu', true)).toBe('this browser has no WebGPU in workers');
  for (const missing of ['adapter', 'device'] as const) expect(whyOnCpu(missing, true)).not.toMatch(/no WebGPU/);
});
