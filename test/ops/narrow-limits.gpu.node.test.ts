/** Every op, forward and gradient, on a device with limits that small shapes exceed, within computed bounds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columns } from '../../src/base/tensor.ts';
import { gpuEngine } from '../../src/engine/gpu-engine.ts';
import { compile, conv2d, quadratic, sequential, sgd } from '../../src/index.node.ts';
import { ops } from '../../src/ops/index.ts';
import { casesOf } from '../support/cases.ts';
import {
  expectReference,
  type Gpu,
  gradientGraphOf,
  graphOf,
  narrowed,
  someStep,
  titleOf,
  useGpu,
  valuesFor,
} from '../support/harness.ts';

const gpu = useGpu();
const narrow = {} as Gpu;
const shaders = new Set<string>();

beforeAll(async () => {
  narrow.device = narrowed(gpu.device, { maxComputeWorkgroupsPerDimension: 3 });
  narrow.device.pipeline = (shader, label) => {
    shaders.add(shader.code);
    return gpu.device.pipeline(shader, label);
  };
  narrow.engine = await gpuEngine(narrow.device);
});
afterAll(() => narrow.engine?.destroy());

describe('every op', () => {
  for (const op of ops)
    for (const example of casesOf(op))
      it(titleOf(op, example), async () => {
        const graph = op.gradient || op.lossGradient ? gradientGraphOf(op, example) : graphOf(op, example).graph;
        const width = columns(example.shapes[0]!);
        await expectReference(narrow, graph, valuesFor(graph, example), someStep(width, example.step));
      });

  it('in folded grids', () => {
    const folded = [...shaders].filter((code) => code.includes('workgroup_id) place'));
    expect(folded.length).toBeGreaterThan(100);
  });
});

describe('a grid of more workgroups than any device runs along one dimension', () => {
  it('is that of a high image, with the right results', async () => {
    const { device } = gpu;
    const model = sequential([1, 70_000, 1], [conv2d(1, [2, 1])]);
    const optimizer = sgd({ learningRate: 0.1 });
    const net = await compile(model, { device, batch: 1, loss: quadratic(), optimizer, tune: 'off' });
    expect(net.schedule.dispatches[0].workgroups).toEqual([35_000, 2, 1]);
    const x = Float32Array.from({ length: 70_000 }, (_, i) => (i % 13) / 13);
    expect((await net.check(x, x.subarray(1))).ok).toBe(true);
    net.destroy();
  });
});
