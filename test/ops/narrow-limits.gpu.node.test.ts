/**
 * Every op, forward and gradient, on a device with limits that small shapes exceed, within computed bounds: grids are folded,
 * and the largest tensors are bound in three parts, or two on a device with few bindings. A third of the cases, or all with RETROGRAD_DEFAULT_LIMITS=1.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columns } from '../../src/base/tensor.ts';
import { gpuEngine } from '../../src/engine/gpu-engine.ts';
import { testAll } from '../../src/engine/test-all.ts';
import { bytesOf } from '../../src/graph/storage.ts';
import { compile, conv2d, quadratic, sequential, sgd } from '../../src/index.node.ts';
import { ops } from '../../src/ops/index.ts';
import { casesOf } from '../support/cases.ts';
import {
  expectReference,
  type Gpu,
  gradientGraphOf,
  graphOf,
  narrowed,
  runGraph,
  someStep,
  titleOf,
  useGpu,
  valuesFor,
} from '../support/harness.ts';

const gpu = useGpu();
const narrow = {} as Gpu;
const limits = { maxComputeWorkgroupsPerDimension: 3, maxStorageBufferBindingSize: 2 ** 12 };
const shaders = new Set<string>();

beforeAll(async () => {
  narrow.device = narrowed(gpu.device, limits);
  narrow.device.pipeline = (shader, label) => {
    shaders.add(shader.code);
    return gpu.device.pipeline(shader, label);
  };
  await testAll(narrow.device);
  expect(narrow.device.info.unavailable).toEqual([]);
  narrow.engine = await gpuEngine(narrow.device);
});
afterAll(() => narrow.engine?.destroy());

const every = process.env.RETROGRAD_DEFAULT_LIMITS ? 1 : 3;

/** Ops that may not fit into 8 bindings once their largest tensors are in two parts: then they say so before anything is made. */
const needsMany = new Set(['gru', 'gruGradient']);
const fits = (): boolean => false;
const refused = (error: unknown): boolean => {
  expect(String(error)).toMatch(
    /^OutOfMemoryError: .* takes (9|10) bindings with it, but a dispatch has 8\. One binding holds \d/,
  );
  return true;
};

describe('every op', () => {
  for (const op of ops)
    for (const example of casesOf(op).filter((_, i) => i % every === 0))
      it(titleOf(op, example), async () => {
        const graph = op.gradient || op.lossGradient ? gradientGraphOf(op, example) : graphOf(op, example).graph;
        const parts = gpu.device.gpu.limits.maxStorageBuffersPerShaderStage < 16 ? 2 : 3;
        limits.maxStorageBufferBindingSize = 16 * Math.ceil(Math.max(...graph.nodes.map(bytesOf)) / parts / 16);
        const width = columns(example.shapes[0]!);
        const values = valuesFor(graph, example);
        const step = someStep(width, example.step);
        const isRefused =
          parts === 2 && needsMany.has(op.name) && (await runGraph(narrow, graph, values, step).then(fits, refused));
        if (!isRefused) await expectReference(narrow, graph, values, step);
      });

  it.each([
    ['folded grids', 'workgroup_id) place'],
    ['reads of parts', '_load('],
    ['writes to parts', '_store('],
  ])('with %s', (_, text) => {
    expect([...shaders].filter((code) => code.includes(text)).length).toBeGreaterThan(50);
  });
});

describe('a grid of more workgroups than any device runs along one dimension', () => {
  it('is that of a high image, with the right results', async () => {
    const { device } = gpu;
    const model = sequential([1, 70_000, 2], [conv2d(1, 2)]);
    const optimizer = sgd({ learningRate: 0.1 });
    const net = await compile(model, { device, batch: 1, loss: quadratic(), optimizer, tune: 'off' });
    expect(net.schedule.dispatches[0].workgroups).toEqual([35_000, 2, 1]);
    const x = Float32Array.from({ length: 140_000 }, (_, i) => (i % 13) / 13);
    expect((await net.check(x, x.subarray(0, 69_999))).ok).toBe(true);
    net.destroy();
  });
});
