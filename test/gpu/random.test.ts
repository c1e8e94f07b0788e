import { afterAll, beforeAll, expect, test } from 'vitest';
import '../../src/platform.node.ts';
import source from '../../shaders/random.wgsl?raw';
import { platform } from '../../src/platform.ts';
import { permute, words } from '../../src/random.ts';

const main = `
@group(0) @binding(0) var<storage, read> cases: array<vec3u>;
@group(0) @binding(1) var<storage, read_write> images: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&images)) { images[id.x] = permute(cases[id.x].x, cases[id.x].y, cases[id.x].z); }
}`;

/** Index, count and key, four words each as vec3u are laid out. */
function drawCases(count: number): Uint32Array {
  const random = words(4 * count, 1, 99);
  const edges = [1, 2, 3, 4, 5, 127, 128, 129, 256, 60000, 2 ** 31 - 1, 2 ** 31];
  for (let i = 0; i < count; i++) {
    const samples = edges[i % (2 * edges.length)] ?? (random[4 * i + 1]! >>> (1 + (i % 31))) + 1;
    random[4 * i + 1] = samples;
    random[4 * i] = random[4 * i]! % (samples + 3); // now and then outside
  }
  return random;
}

let device: GPUDevice;
beforeAll(async () => {
  const adapter = await (await platform.gpu())?.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter: `npm test` sets one up');
  device = await adapter.requestDevice();
});
afterAll(() => device?.destroy());

test('permute gives the same bits in WGSL as on the CPU', async () => {
  const count = 50000;
  const cases = drawCases(count);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const input = device.createBuffer({ size: cases.byteLength, usage });
  const output = device.createBuffer({ size: 4 * count, usage });
  const staging = device.createBuffer({ size: 4 * count, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  device.queue.writeBuffer(input, 0, cases as Uint32Array<ArrayBuffer>);
  const module = device.createShaderModule({ code: main + source });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const entries = [input, output].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(count / 64));
  pass.end();
  encoder.copyBufferToBuffer(output, 0, staging, 0, 4 * count);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const onGpu = new Uint32Array(staging.getMappedRange());
  const onCpu = onGpu.map((_, i) => permute(cases[4 * i]!, cases[4 * i + 1]!, cases[4 * i + 2]!));
  expect(onGpu).toEqual(onCpu);
});
