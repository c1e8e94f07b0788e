/** Many steps in one dispatch of one workgroup: the same bits as a dispatch per kernel, for nets of every kind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import { allBuffers, type GpuProgram, type Table } from '../../src/engine/gpu-program.ts';
import { leftovers } from '../../src/engine/leftovers.ts';
import { isSmall, makeWholeSteps } from '../../src/engine/whole-steps.ts';
import { packRows, type StepRow } from '../../src/graph/step-row.ts';
import { dense, maxPool2d } from '../../src/nn/layers/index.ts';
import { sequential } from '../../src/nn/model.ts';
import { augmentationOf } from '../../src/train/augmentation.ts';
import { feedGraph, trainingGraph } from '../../src/train/graphs.ts';
import { someStep, useGpu, valuesFor } from '../support/harness.ts';
import { random } from '../support/nets.ts';
import { activations, anyTraining, imageNets, losses, mlp, netOf, optimizers } from '../support/networks.ts';

const gpu = useGpu();

/** The tensors after three steps: one dispatch per kernel, or one for all. */
async function train(graph: GpuProgram['graph'], rows: readonly StepRow[], asWhole: boolean) {
  const { device, engine } = gpu;
  const program = (await engine.program(graph, { keep: ({ name }) => name !== '' })) as GpuProgram;
  for (const [name, data] of valuesFor(graph, { domain: [0.1, 1] })) {
    if (program.tensors.has(name)) program.write(name, data);
  }
  if (asWhole) await runWhole([program], rows);
  else for (const row of rows) engine.run([{ programs: [program], rows: [row] }]);
  const names = [...program.tensors.keys()];
  const tensors = new Map(await Promise.all(names.map(async (name) => [name, await program.read(name)] as const)));
  device.assertAlive();
  program.destroy();
  return tensors;
}

async function runWhole(programs: readonly GpuProgram[], rows: readonly StepRow[]): Promise<void> {
  const { device } = gpu;
  const stride = 256;
  const [buffer] = await device.createBuffers([{ size: 8 * stride, usage: 0x40 | 0x8 }]);
  const table: Table = { buffer, stride, rows: 4 };
  const left = leftovers();
  const whole = await makeWholeSteps(device, table, [programs], left);
  device.gpu.queue.writeBuffer(buffer, 0, packRows([rows], stride));
  const encoder = device.gpu.createCommandEncoder();
  whole.encode(encoder, [{ programs, offset: 0 }]);
  left.bring(encoder, allBuffers(programs));
  device.gpu.queue.submit([encoder.finish()]);
  whole.destroy();
  device.destroyBuffer(buffer);
}

const rows = [
  someStep(7),
  someStep(5, { learningRate: 0.1, due: 0 }),
  someStep(7, { correction1: 1.5, random: 1, fresh: 0, share: 0.1 }),
];

async function expectEqual(graph: GpuProgram['graph']): Promise<void> {
  const [each, all] = [await train(graph, rows, false), await train(graph, rows, true)];
  expect(all.size).toBeGreaterThan(0);
  for (const [name, data] of all) expect(data, name).toEqual(each.get(name));
}

describe('a whole step has the bits of its kernels', () => {
  for (const activation of Object.keys(activations) as (keyof typeof activations)[]) {
    it(`with ${activation}`, () => {
      const model = mlp(5, [
        [9, activation],
        [3, 'linear'],
      ]);
      return expectEqual(trainingGraph({ model, loss: losses.softmaxCrossEntropy(), batch: 7 }, optimizers.adam).graph);
    });
  }
  for (const [name, model] of Object.entries(imageNets)) {
    it(`with ${name}`, () =>
      expectEqual(trainingGraph({ model, loss: losses.softmaxCrossEntropy(), batch: 7 }, optimizers.sgd).graph));
  }
  for (const [name, loss] of Object.entries(losses)) {
    it(`with ${name}`, () => {
      const model = mlp(5, [
        [4, 'sigmoid'],
        [3, 'sigmoid'],
      ]);
      return expectEqual(trainingGraph({ model, loss: loss(), batch: 7 }, optimizers.sgd).graph);
    });
  }
  for (const [name, optimizer] of Object.entries(optimizers)) {
    it(`with ${name}`, () => {
      const model = mlp(2, [
        [16, 'tanh'],
        [1, 'sigmoid'],
      ]);
      return expectEqual(trainingGraph({ model, loss: losses.squared(), batch: 7 }, optimizer).graph);
    });
  }
  it('with a batch of changed images', () => {
    const dataset = fromArrays({ x: random(9 * 16, 1), y: random(9 * 4, 2), shape: [4, 4] });
    const augment = { shift: 1, rotate: 30, scale: 0.2, shear: 10, elastic: { alpha: 9, sigma: 2 } };
    return expectEqual(feedGraph(dataset, 7, augmentationOf(augment, dataset, [4, 4], 'test')));
  });
  // Each by itself: compiling several of them as one shader takes a software driver long.
  for (const name of ['dropout', 'batchNorm', 'layerNorm']) {
    it(`with ${name} between`, () => {
      const parts = ['tanh', 'linear'] as const;
      const model = netOf(
        [5],
        parts.map((activation) => [name, 6, activation]),
      );
      return expectEqual(trainingGraph({ model, loss: losses.quadratic(), batch: 7 }, optimizers.momentum).graph);
    });
  }
  it('with gradients of several batches, clipped, and classes that weigh differently', () => {
    const model = mlp(5, [
      [9, 'tanh'],
      [3, 'linear'],
    ]);
    const loss = losses.softmaxCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 0.5, 3] });
    const update = { accumulate: 3, clipNorm: 0.1 };
    return expectEqual(trainingGraph({ model, loss, batch: 7 }, optimizers.adam, update).graph);
  });
  it('of whatever shape', async () => {
    const small = anyTraining.filter(({ layers }) => layers.length <= 2);
    for (const { graph } of fc.sample(small, { numRuns: 2, seed: 5 })) await expectEqual(graph);
  });
});

it('is for small nets: those of few multiply-adds, on few numbers', async () => {
  const { device, engine } = gpu;
  const small = async (side: number) => {
    const model = sequential([1, side, side], [maxPool2d(side), dense(2)]);
    const { graph } = trainingGraph({ model, loss: losses.softmaxCrossEntropy(), batch: 7 }, optimizers.sgd);
    const program = (await engine.program(graph, { keep: () => false })) as GpuProgram;
    program.destroy();
    return isSmall([program], device);
  };
  expect(await small(9)).toBe(true);
  expect(await small(500)).toBe(false);
});
