/** Pipelines that a device makes, and keeps for the next net. */
import { expect, test, vi } from 'vitest';
import { watch } from '../../src/engine/device.ts';
import { platform } from '../../src/platform/platform.ts';

const facts = { name: 'fake', vendor: '', architecture: '', software: true, subgroup: 0 };
const shaderOf = (code: string) => ({ code, storage: [], usesStep: false }) as never;

/** A device that counts the pipelines it makes, and fails for the text 'bad'. */
function fake() {
  const made: string[] = [];
  const gpu = {
    lost: new Promise(() => {}),
    addEventListener() {},
    pushErrorScope() {},
    popErrorScope: async () => null,
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: ({ code }: { code: string }) => ({ code, getCompilationInfo: async () => ({ messages: [] }) }),
    async createComputePipelineAsync({ compute: { module } }: { compute: { module: { code: string } } }) {
      made.push(module.code);
      if (module.code === 'bad') throw new Error('no');
      return {};
    },
  };
  return { device: watch(gpu as unknown as GPUDevice, facts), made };
}

test('the last 512 are kept, by when they were last asked for', async () => {
  const { device, made } = fake();
  for (let i = 0; i < 512; i++) await device.pipeline(shaderOf(`${i}`), 'a net');
  const first = await device.pipeline(shaderOf('0'), 'a net');
  await device.pipeline(shaderOf('512'), 'a net'); // in the place of 1, since 0 was asked for again
  expect(made.length).toBe(513);
  expect(await device.pipeline(shaderOf('0'), 'a net')).toBe(first);
  expect(made.length).toBe(513);
  await device.pipeline(shaderOf('1'), 'a net');
  expect(made.at(-1)).toBe('1');
});

test('one that could not be made is tried again', async () => {
  const { device, made } = fake();
  await expect(device.pipeline(shaderOf('bad'), 'a net')).rejects.toThrow('could not create the pipeline');
  await expect(device.pipeline(shaderOf('bad'), 'a net')).rejects.toThrow('could not create the pipeline');
  expect(made).toEqual(['bad', 'bad']);
});

test('one in the making leaves the processor to a driver that compiles on it', async () => {
  const waitFor = vi.spyOn(platform, 'waitFor');
  await fake().device.pipeline(shaderOf('0'), 'a net');
  expect(waitFor).toHaveBeenCalledTimes(1);
  waitFor.mockRestore();
});
