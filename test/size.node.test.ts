/** What a program carries of the library is what it names. Reads dist, made by `npm run build`. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { stripped } from '../setup/wgsl.mjs';
import { bundleAll, table } from './size.mjs';

let bundles: Awaited<ReturnType<typeof bundleAll>>;
beforeAll(async () => {
  if (!existsSync('dist/index.js')) throw new Error('dist is not there: it is made by `npm run build`');
  bundles = await bundleAll();
  console.log(table(bundles));
});

/** The longest line of a shader, as a bundle has it. */
const lineOf = (shader: string): string =>
  stripped(readFileSync(`shaders/${shader}.wgsl`, 'utf8'))
    .split('\n')
    .reduce((a, b) => (b.length > a.length ? b : a))
    .trim();

describe('a net of dense layers carries no', () => {
  const ofLayers = ['convolve', 'convolve_filters', 'max_pool', 'average_pool', 'channel_moments', 'pointwise/dropout'];
  const ofLosses = ['loss/squared_error', 'loss/sigmoid_cross_entropy'];
  const absent = [...ofLayers, ...ofLosses, 'act/gelu', 'act/relu', 'act/sigmoid', 'update/normalize'];
  test.each(absent)('%s.wgsl, which everything has', (shader) => {
    const { start, later } = bundles['compile + dense + sgd'];
    expect(start.text + later.text).not.toContain(lineOf(shader));
    expect(bundles.everything.start.text).toContain(lineOf(shader));
  });
});

test('each program holds the kernels that it runs', () => {
  for (const { start } of Object.values(bundles)) expect(start.text).toContain(lineOf('gemm_workgroup'));
});

// A worker in Vite 6 and 7 is built as one script, a service worker may not import(), and a part that is asked for at the end
// of a training may not be there any more. A predictor asks for parts when it opens a file, by the layers that are in it.
test('no part of what trains is loaded later', () => {
  const { predict, ...others } = bundles;
  for (const { later } of Object.values(others)) expect(later.packed).toBe(0);
  expect(predict.later.text).toContain(lineOf('convolve'));
});

describe('what predicts with dense layers carries no', () => {
  const ofTraining = ['convolve', 'max_pool', 'warp', 'pointwise/dropout', 'softmax_cross_entropy', 'update/descend'];
  test.each(ofTraining)('%s.wgsl', (shader) => {
    expect(bundles.predict.start.text.includes(lineOf(shader))).toBe(false);
    expect(bundles.everything.start.text.includes(lineOf(shader))).toBe(true);
  });
});

// What was measured, and one percent. 21 kB of it came with freezing, averages of weights, partial loading, updates by one's own
// gradients, several inputs and outputs, weights of samples, files of every type of number, recovery after the loss of a device,
// and the watch for numbers that are not finite: all of it is reached by options and methods, so that no bundler can leave it out.
test('no program has grown', () => {
  expect(bundles['ten lines'].start.packed).toBeLessThan(100_400);
  expect(bundles['compile + dense + sgd'].start.packed).toBeLessThan(96_600);
});

test('a page that predicts with a dense net has not grown', () => {
  expect(bundles.predict.start.packed).toBeLessThan(54_900);
});
