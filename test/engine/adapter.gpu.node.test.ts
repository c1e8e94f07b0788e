// Each test project is there to run on a certain driver; a project that ran on another would pass and prove nothing.
import { expect, test } from 'vitest';
import { create } from 'webgpu';

test('Dawn picks the driver that this project is for', async () => {
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  expect(adapter, 'no WebGPU adapter').not.toBeNull();
  const { vendor, architecture, description } = adapter!.info;
  expect(`${vendor} ${architecture} ${description}`).toContain(process.env.RETROGRAD_EXPECT_ADAPTER ?? '');
});
