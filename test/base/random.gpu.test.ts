/** Random numbers in WGSL: the same bits as on the CPU. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import '../../src/platform/platform.node.ts';
import permuteSource from '../../shaders/shared/random.wgsl?raw';
import threefrySource from '../../shaders/shared/threefry.wgsl?raw';
import { permute, threefry, words } from '../../src/base/random.ts';
import { platform } from '../../src/platform/platform.ts';

let device: GPUDevice;
beforeAll(async () => {
  const adapter = await (await platform.gpu())?.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter: `npm test` sets one up');
  device = await adapter.requestDevice();
});
afterAll(() => device?.destroy());

/** `call` of every case, four words each, which it sees as `x: vec4u`. */
async function onGpu(source: string, call: string, cases: Uint32Array): Promise<Uint32Array> {
  const main = `
@group(0) @binding(0) var<storage, read> cases: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> results: array<vec2u>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&results)) { let x = cases[id.x]; results[id.x] = vec2u(${call}); }
}`;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const input = device.createBuffer({ size: cases.byteLength, usage });
  const output = device.createBuffer({ size: cases.byteLength / 2, usage });
  const staging = device.createBuffer({ size: output.size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  device.queue.writeBuffer(input, 0, cases as Uint32Array<ArrayBuffer>);
  const module = device.createShaderModule({ code: main + source });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const entries = [input, output].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(cases.length / 4 / 64));
  pass.end();
  encoder.copyBufferToBuffer(output, 0, staging, 0, output.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return new Uint32Array(staging.getMappedRange().slice(0));
}

/** The same on the CPU. */
const onCpu = (f: (x: Uint32Array) => readonly number[], cases: Uint32Array): Uint32Array =>
  Uint32Array.from(Array.from({ length: cases.length / 4 }, (_, i) => f(cases.subarray(4 * i, 4 * i + 4))).flat());

/** Index, count and key, and a word that is not used. */
function permuteCases(count: number): Uint32Array {
  const random = words(4 * count, 1, 99);
  const edges = [1, 2, 3, 4, 5, 127, 128, 129, 256, 60000, 2 ** 31 - 1, 2 ** 31];
  for (let i = 0; i < count; i++) {
    const samples = edges[i % (2 * edges.length)] ?? (random[4 * i + 1]! >>> (1 + (i % 31))) + 1;
    random[4 * i + 1] = samples;
    random[4 * i] = random[4 * i]! % (samples + 3); // now and then outside
  }
  return random;
}

test('permute gives the same bits in WGSL as on the CPU', async () => {
  const cases = permuteCases(50000);
  const found = await onGpu(permuteSource, 'permute(x.x, x.y, x.z), 0u', cases);
  expect(found).toEqual(onCpu(([index, count, key]) => [permute(index!, count!, key!), 0], cases));
});

test('threefry gives the same bits in WGSL as on the CPU', async () => {
  const cases = words(4 * 50000, 2, 99);
  const found = await onGpu(threefrySource, 'threefry(x.xy, x.zw)', cases);
  expect(found).toEqual(onCpu(([a, b, c, d]) => threefry(a!, b!, c!, d!), cases));
});
