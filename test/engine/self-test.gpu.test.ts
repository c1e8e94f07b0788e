/** A kernel that computes the wrong thing, or does not compile, is not used, and the device says so. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LinkedShader } from '../../src/compiler/link.ts';
import { fromArrays } from '../../src/data/index.ts';
import { watch } from '../../src/engine/device.ts';
import {
  compile,
  type Device,
  dense,
  gru,
  openDevice,
  relu,
  ShaderError,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { platform } from '../../src/platform/platform.ts';
import { parameterBits, random } from '../support/nets.ts';

let device: Device;
beforeEach(async () => {
  device = await openDevice();
});
afterEach(() => device.destroy());

const compiled = () =>
  compile(sequential([33], [dense(40, relu), dense(10)]), {
    device,
    batch: 32,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    tune: 'off',
  });
const kernelsOf = ({ schedule }: Awaited<ReturnType<typeof compiled>>) =>
  new Set(schedule.dispatches.flatMap(({ form }) => form?.shader ?? []));

/** Changes what the device makes of the text of some kernels. */
function sabotage(change: (code: string) => string, concerns: (file: string) => boolean): void {
  const { pipeline } = device;
  device.pipeline = (shader: LinkedShader, label: string) => {
    const changed = shader.lines.some(({ path }) => concerns(path)) ? { ...shader, code: change(shader.code) } : shader;
    return pipeline(changed, label);
  };
}

const offByOne = (code: string) => code.replace('finish(block', 'finish(1.0 + block');
const nonsense = (code: string) => `${code}\nnonsense`;

test('what works is not reported', async () => {
  const net = await compiled();
  expect(kernelsOf(net).size).toBeGreaterThan(0);
  expect(device.info.unavailable).toEqual([]);
  net.destroy();
  expect(device.bytesInUse).toBe(0);
});

for (const [what, change, why] of [
  ['gives wrong results', offByOne, /in the self-test product \(0, 0\) is -?\d+ instead of -?\d+/],
  ['does not compile', nonsense, /failed to compile/],
] as const) {
  test(`a kernel that ${what} is left out, and the next one trains`, async () => {
    const usual = await compiled();
    const [kernel] = kernelsOf(usual);
    device.destroy();
    device = await openDevice();
    sabotage(change, (file) => file === `shaders/${kernel}.wgsl`);
    const net = await compiled();
    expect(kernelsOf(net).size).toBeGreaterThan(0);
    expect(kernelsOf(net)).not.toContain(kernel);
    expect(device.info.unavailable).toHaveLength(1);
    expect(device.info.unavailable[0]).toMatch(new RegExp(`^${kernel}: `));
    expect(device.info.unavailable[0]).toMatch(why);
    const x = Float32Array.from({ length: 33 * 3 }, (_, i) => (i % 7) / 7);
    expect((await net.check(x, [1, 2, 3])).ok).toBe(true);
    net.destroy();
    expect(device.bytesInUse).toBe(0);
  });
}

test('where lanes of a recurrent layer get the wrong values, they read them', async () => {
  const [L, features] = [3, 2];
  const trained = async () => {
    const model = sequential([L, features], [gru(9), dense(2)]);
    const [loss, optimizer] = [softmaxCrossEntropy(), sgd({ learningRate: 0.1 })];
    const net = await compile(model, { device, batch: 8, loss, optimizer, seed: 1, tune: 'off' });
    const kernels = kernelsOf(net);
    net.step(random(8 * L * features, 1), Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1));
    return { kernels, bits: await parameterBits(net) };
  };
  const usual = await trained();
  if (!usual.kernels.has('block_subgroup')) return; // a device without subgroups
  device.destroy();
  device = await openDevice();
  sabotage(
    (code) => code.replaceAll(/(subgroupBroadcast\(.*), 1u % SUBGROUP\)/g, '$1, 2u % SUBGROUP)'),
    (file) => file === 'shaders/load/block_subgroup.wgsl',
  );
  const without = await trained();
  expect(device.info.unavailable[0]).toMatch(/^block_subgroup: in the self-test states/);
  expect(without.kernels).toContain('block');
  expect(without.bits).toEqual(usual.bits);
});

test('where the kernel of narrow layers fails, they do not share a dispatch', async () => {
  const { info } = device;
  const trained = async (change: typeof offByOne) => {
    device.destroy();
    const adapter = await (await platform.gpu())!.requestAdapter();
    const gpu = await adapter!.requestDevice();
    device = watch(gpu, { ...info, subgroup: 0 });
    sabotage(change, (file) => file === 'shaders/gemm_flat.wgsl');
    return (await compiled()).schedule.dispatches.map(({ forms }) => forms.map(({ shader }) => shader));
  };
  const together = await trained((code) => code);
  expect(together.flat()).toContain('gemm_flat');
  const apart = await trained((code) => code.replace('finish(c[j]', 'finish(1.0 + c[j]'));
  expect(apart.flat()).not.toContain('gemm_flat');
  expect(apart.length).toBeGreaterThan(together.length);
  expect(device.info.unavailable[0]).toMatch(/^gemm_flat: in the self-test/);
});

test('where the kernel of whole steps fails, small nets run without, with the same bits', async () => {
  const data = fromArrays({ x: random(128, 1), y: Array.from({ length: 64 }, (_, i) => i % 2), shape: [2] });
  const trained = async () => {
    const model = sequential([2], [dense(4, relu), dense(2)]);
    const net = await compile(model, {
      device,
      batch: 8,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    await net.fit(data, { epochs: 2 });
    return parameterBits(net);
  };
  const usual = await trained();
  device.destroy();
  device = await openDevice();
  sabotage(
    (code) => code.replaceAll(/finish(\w*)\(c\[j\]/g, 'finish$1(1.0 + c[j]'),
    (file) => file === 'shaders/gemm_flat.wgsl',
  );
  expect(await trained()).toEqual(usual);
  expect(device.info.unavailable[0]).toMatch(/^gemm_flat: in the self-test/);
});

test('a device on which no kernel works is an error that says why, and keeps nothing', async () => {
  sabotage(offByOne, (file) => file.startsWith('shaders/gemm'));
  const failing = compiled();
  await expect(failing).rejects.toThrow(ShaderError);
  await expect(failing).rejects.toThrow(/no kernel of matmul works on .*gemm.*: in the self-test/);
  expect(device.bytesInUse).toBe(0);
});

test('each kernel is tested once per device', async () => {
  const asked: string[] = [];
  const { pipeline } = device;
  device.pipeline = (shader, label) => {
    if (label.startsWith('self-test')) asked.push(label);
    return pipeline(shader, label);
  };
  for (let i = 0; i < 2; i++) (await compiled()).destroy();
  expect(asked.length).toBeGreaterThan(0);
  expect(asked).toEqual([...new Set(asked)]);
});
