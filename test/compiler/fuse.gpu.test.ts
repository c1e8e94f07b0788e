/** A fused schedule against one kernel per node, both within the bounds of the reference. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watch } from '../../src/engine/device.ts';
import { gpuEngine } from '../../src/engine/gpu-engine.ts';
import { compare } from '../../src/graph/check.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { trainingGraph } from '../../src/train/graphs.ts';
import { type Gpu, referenceOf, runGraph, someStep, useGpu, valuesFor } from '../support/harness.ts';
import { activations, anyTraining, between, imageNets, losses, mlp, netOf, optimizers } from '../support/networks.ts';

const gpu = useGpu();

async function expectFusedEqualsSeparate(graph: Graph, batch: number, on: Gpu = gpu): Promise<void> {
  const step = someStep(batch);
  const leaves = valuesFor(graph, { domain: [0.01, 0.5] });
  const fused = await runGraph(on, graph, leaves, step);
  const separate = await runGraph(on, graph, leaves, step, { separate: true });
  const reference = referenceOf(graph, leaves, step);
  expect(reference.size).toBeGreaterThan(0);
  for (const [name, value] of reference) {
    for (const [how, comparison] of Object.entries({
      fused: compare(name, fused.get(name)!, value),
      separate: compare(name, separate.get(name)!, value),
      'fused and separate': compare(name, fused.get(name)!, { ...value, data: separate.get(name)! }),
    })) {
      expect(comparison.share, `${how}: ${JSON.stringify(comparison)}`).toBeLessThanOrEqual(1);
    }
  }
}

describe('fused equals separate for a training step', () => {
  for (const [name, activation] of Object.entries(activations)) {
    it(`with ${name}`, async () => {
      const model = mlp(13, [
        [7, name as keyof typeof activations],
        [5, activation === activations.softmax ? 'linear' : 'sigmoid'],
      ]);
      const options = { model, loss: losses.quadratic(), batch: 6 };
      await expectFusedEqualsSeparate(trainingGraph(options, optimizers.sgd).graph, 6);
    });
  }

  for (const [name, optimizer] of Object.entries(optimizers)) {
    it(`with ${name}`, async () => {
      const options = { model: mlp(9, [[10, 'linear']]), loss: losses.softmaxCrossEntropy(), batch: 33 };
      await expectFusedEqualsSeparate(trainingGraph(options, optimizer).graph, 33);
    });
  }

  it.each([
    ['clipped', { clipNorm: 0.1 }],
    ['of several batches', { accumulate: 3 }],
    ['of several batches and clipped', { accumulate: 3, clipNorm: 0.1 }],
  ])('with gradients %s', async (_name, update) => {
    const model = mlp(9, [
      [12, 'tanh'],
      [11, 'relu'],
      [10, 'linear'],
    ]);
    const options = { model, loss: losses.softmaxCrossEntropy(), batch: 33 };
    await expectFusedEqualsSeparate(trainingGraph(options, optimizers.adam, update).graph, 33);
  });

  it('with smoothed labels and weighted classes', async () => {
    const loss = losses.softmaxCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 0, 3] });
    const options = { model: mlp(9, [[3, 'linear']]), loss, batch: 33 };
    await expectFusedEqualsSeparate(trainingGraph(options, optimizers.sgd).graph, 33);
  });

  it('with weighted labels', async () => {
    const loss = losses.sigmoidCrossEntropy({ positiveWeights: [1, 0, 3] });
    const options = { model: mlp(9, [[3, 'linear']]), loss, batch: 33 };
    await expectFusedEqualsSeparate(trainingGraph(options, optimizers.sgd).graph, 33);
  });

  for (const [name, model] of Object.entries(imageNets)) {
    it(`with ${name}`, async () => {
      const options = { model, loss: losses.softmaxCrossEntropy(), batch: 7 };
      await expectFusedEqualsSeparate(trainingGraph(options, optimizers.adam).graph, 7);
    });
  }

  for (const [name, loss] of Object.entries(losses)) {
    it(`with ${name}`, async () => {
      const options = { model: mlp(5, [[3, 'sigmoid']]), loss: loss({ reduction: 'sum' }), batch: 7 };
      await expectFusedEqualsSeparate(trainingGraph(options, optimizers.sgd).graph, 7);
    });
  }

  for (const name of Object.keys(between)) {
    it.each([[9], [2, 3, 2]])(`with ${name} between, from %j`, async (...shape) => {
      const model = netOf(shape, [
        [name, 7, 'relu'],
        [name, 5, 'linear'],
      ]);
      const options = { model, loss: losses.quadratic(), batch: 6 };
      await expectFusedEqualsSeparate(trainingGraph(options, optimizers.sgd).graph, 6);
    });
  }

  // The kernels and lanes of a GPU, on whatever device this is; 9 to 12 columns fill no block of it.
  it.each([9, 12, 70])('with the forms of a GPU and %i columns', async (batch) => {
    const facts = { ...gpu.device.info, software: false, subgroup: 0 };
    const device = watch(gpu.device.gpu, facts);
    const engine = await gpuEngine(device);
    const model = mlp(20, [
      [30, 'tanh'],
      [10, 'linear'],
    ]);
    const { graph } = trainingGraph({ model, loss: losses.softmaxCrossEntropy(), batch }, optimizers.adam);
    await expectFusedEqualsSeparate(graph, batch, { device, engine });
    engine.destroy();
  });

  it('of whatever kind', async () => {
    const small = anyTraining.filter(({ layers }) => layers.length <= 2);
    for (const { graph, batch } of fc.sample(small, { numRuns: 3, seed: 7 })) {
      await expectFusedEqualsSeparate(graph, batch);
    }
  });
});
