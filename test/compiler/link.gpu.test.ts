/** Every shader that can be linked compiles, and one that does not compile says where. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import mapWgsl from '../../shaders/map.wgsl';
import { entryPoint } from '../../src/compiler/entry-point.ts';
import { link } from '../../src/compiler/link.ts';
import { schedule } from '../../src/compiler/schedule.ts';
import { fromArrays } from '../../src/data/index.ts';
import type { Graph, Node } from '../../src/graph/graph.ts';
import { apply, dense, input, model } from '../../src/index.node.ts';
import { ops } from '../../src/ops/index.ts';
import { augmentationOf } from '../../src/train/augmentation.ts';
import { evaluationGraph, feedGraph, predictionGraph, trainingGraph } from '../../src/train/graphs.ts';
import { casesOf } from '../support/cases.ts';
import { graphOf, useGpu } from '../support/harness.ts';
import { activations, anyTraining, losses, mlp, optimizers } from '../support/networks.ts';

const gpu = useGpu();

/** Compiles what a graph becomes, fused and not, and returns the files that took part. */
async function compileAll(graph: Graph, watched: boolean): Promise<Set<string>> {
  const used = new Set<string>();
  for (const separate of [false, true]) {
    const options = { keep: ({ name }: Node) => name !== '', storageBuffers: 8, separate, watched };
    const { dispatches: steps } = schedule(graph, options);
    await Promise.all(steps.map(({ shader, label }) => gpu.device.pipeline(shader, label)));
    for (const { path } of steps.flatMap(({ shader }) => shader.lines)) used.add(path);
  }
  return used;
}

describe('every shader variant compiles', () => {
  const files = new Set<string>();
  const compile = async (graph: Graph, { watched = false } = {}) => {
    for (const path of await compileAll(graph, watched)) files.add(path);
  };

  for (const op of ops) {
    it(`for ${op.name}`, async () => {
      for (const example of casesOf(op)) await compile(graphOf(op, example).graph);
    });
  }

  for (const [name, loss] of Object.entries(losses)) {
    it(`for ${name} behind every activation, trained by every optimizer, evaluated and predicted`, async () => {
      for (const activation of Object.keys(activations) as (keyof typeof activations)[]) {
        const options = {
          model: mlp(6, [
            [5, activation],
            [3, activation],
          ]),
          loss: loss(),
          batch: 4,
        };
        for (const optimizer of Object.values(optimizers))
          await compile(trainingGraph(options, optimizer).graph, { watched: true });
        await compile(evaluationGraph(options).graph);
        await compile(predictionGraph(options).graph);
      }
    });
  }

  it('for nets of any shape', async () => {
    for (const { graph } of fc.sample(anyTraining, { numRuns: 10, seed: 3 })) await compile(graph, { watched: true });
  });

  it('for the batches of a data set, changed and as they are', async () => {
    for (const x of [new Uint8Array(12), new Float32Array(12)]) {
      const dataset = fromArrays({ x, y: [0, 1], shape: [2, 3] });
      for (const options of [{}, { rotate: 15 }, { elastic: { alpha: 34, sigma: 4 } }]) {
        await compile(feedGraph(dataset, 2, augmentationOf(options, dataset, [2, 3], 'test')));
      }
    }
    const x = input([2]);
    const several = model(x, { kind: apply(dense(3), x), size: apply(dense(1), x) });
    const targets = { kind: { y: [0, 2], classes: 3 }, size: [[0.5], [1]] };
    await compile(
      feedGraph(
        fromArrays({
          x: [
            [1, 2],
            [3, 4],
          ],
          targets,
        }),
        2,
        undefined,
        { model: several },
      ),
    );
  });

  it('and every file of shaders/ takes part but those that the tests of forms and of whole steps compile', () => {
    const elsewhere = [
      'load/block_subgroup',
      'gemm',
      'gemm_lanes',
      'gemm_subgroup',
      'convolve_subgroup',
      'load/image_scalar',
    ];
    const all = Object.keys(import.meta.glob('../../shaders/**/*.wgsl')).map((path) => path.slice('../../'.length));
    const expected = all.filter((path) => !elsewhere.some((name) => path === `shaders/${name}.wgsl`));
    expect([...files].filter((path) => path.startsWith('shaders/')).sort()).toEqual(expected.sort());
  });
});

describe('a shader that does not compile', () => {
  const broken = (epilogues: string) =>
    link(
      [
        {
          shaders: [mapWgsl],
          constants: { LANES: 64, ROWS: 1, COLUMNS: 1, FINISH: true },
          epilogues,
          storage: [],
        },
      ],
      entryPoint({ kind: 'alone' }, [[1, 1, 1]], 64),
    );

  it('is a ShaderError that names the file, its own line and what is wrong', async () => {
    const epilogues = 'fn finish(value: f32, row: u32, col: u32) {\n  let x = nonsense;\n}';
    await expect(gpu.device.pipeline(broken(epilogues), 'test kernel')).rejects.toThrow(
      /test kernel.*\n.*epilogues:2: .*nonsense/,
    );
  });

  it('names the tensors that the kernel works on', async () => {
    const { graph } = trainingGraph({ model: mlp(4, [[3, 'relu']]), loss: losses.quadratic(), batch: 2 });
    const [{ shader, label }] = schedule(graph, { keep: ({ name }) => name !== '', storageBuffers: 8 }).dispatches;
    const wrong = { ...shader, code: shader.code.replace(/relu\((value\d)\);/, 'nonsense($1);') };
    const failing = gpu.device.pipeline(wrong, label);
    await expect(failing).rejects.toThrow(/gemm \+ bias \+ relu.*: .*\n.*epilogues:\d+: .*nonsense/);
    await expect(failing).rejects.toThrow(
      'with A = W1, B = x, tensor0 = b1, tensor1 = y, tensor2 = z1, tensor3 = a1, ',
    );
  });

  it('names the shader file where a hole is not filled', async () => {
    await expect(gpu.device.pipeline(broken(''), 'test kernel')).rejects.toThrow(/shaders\/map\.wgsl:\d+: .*finish/);
  });
});
