/** What layers of any size ask of a device stays within what every device has; and no text grows with a size. */
import { describe, expect, it, test } from 'vitest';
import { byteLength } from '../../src/base/tensor.ts';
import { schedule } from '../../src/compiler/schedule.ts';
import { fromArrays } from '../../src/data/index.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Target } from '../../src/graph/op.ts';
import * as layers from '../../src/nn/layers/index.ts';
import { softmaxCrossEntropy } from '../../src/nn/losses/index.ts';
import { type Model, sequential } from '../../src/nn/model.ts';
import { adam } from '../../src/nn/optimizers/index.ts';
import { ops } from '../../src/ops/index.ts';
import { augmentationOf } from '../../src/train/augmentation.ts';
import { feedGraph, trainingGraph } from '../../src/train/graphs.ts';
import { casesOf } from '../support/cases.ts';
import { graphOf } from '../support/harness.ts';
import { variablesOf } from '../support/variables.ts';

const targets: Target[] = [
  { software: false, subgroup: 0 },
  { software: false, subgroup: 32 },
  { software: true, subgroup: 0 },
  { software: true, subgroup: 8 },
];

/** The limits of WGSL for the variables of a function and of an invocation, and of WebGPU for those of a workgroup. */
const LIMITS = { function: 8192, private: 8192, workgroup: 16_384 };

const withLoss = (model: Model, batch = 16, options = {}) =>
  trainingGraph({ model, loss: softmaxCrossEntropy(options), batch }, adam(), { clipNorm: 1, accumulate: 2 }).graph;

const {
  avgPool2d,
  batchNorm,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  dropout,
  embedding,
  globalAveragePool2d,
  groupNorm,
  gru,
  layerNorm,
  lstm,
  maxPool2d,
  prelu,
  relu,
} = layers;
const { softmax } = layers;

/** Nets by what of them may be large, with a small and a large size of it. */
const nets: Record<string, { sizes: readonly [number, number]; net(n: number): Graph }> = {
  'pixels of a window': {
    sizes: [6, 300],
    net: (n) => withLoss(sequential([1, n, n], [conv2d(2, 1), maxPool2d(n), dense(2)])),
  },
  'pixels of windows that overlap': {
    sizes: [6, 300],
    net: (n) => withLoss(sequential([1, 2 * n, 2 * n], [conv2d(2, 1), maxPool2d(n, { stride: n / 2 }), dense(2)])),
  },
  'pixels of windows that overlap much': {
    sizes: [6, 300],
    net: (n) => withLoss(sequential([1, n + 5, n + 5], [conv2d(2, 1), maxPool2d(n, { stride: 1 }), dense(2)])),
  },
  'pixels of a window that is averaged': {
    sizes: [6, 300],
    net: (n) => withLoss(sequential([1, n + 5, n + 5], [conv2d(2, 1), avgPool2d(n, { stride: 1 }), dense(2)])),
  },
  'pixels of a filter': {
    sizes: [30, 300],
    net: (n) => withLoss(sequential([1, n + 6, n + 6], [conv2d(16, 1), conv2d(16, n, relu), dense(2)])),
  },
  'channels and filters': {
    sizes: [64, 1024],
    net: (n) => withLoss(sequential([n, 8, 8], [conv2d(n, 3, relu), conv2d(n, 3, relu, { stride: 2 }), dense(2)])),
  },
  'channels of a depthwise convolution': {
    sizes: [64, 1024],
    net: (n) => withLoss(sequential([n, 8, 8], [conv2d(2 * n, 3, relu, { groups: n, stride: [1, 2] }), dense(2)])),
  },
  'channels that are transposed': {
    sizes: [64, 1024],
    net: (n) => withLoss(sequential([n, 4, 4], [conv2dTranspose(n, 4, relu, { stride: 2, padding: 1 }), dense(2)])),
  },
  'places of a signal': {
    sizes: [300, 30_000],
    net: (n) => withLoss(sequential([2, n], [conv1d(4, 5, relu), conv1d(4, 7, relu, { stride: 3 }), dense(2)])),
  },
  'units and features': {
    sizes: [256, 8192],
    net: (n) =>
      withLoss(sequential([n], [dense(n, relu), batchNorm(), dropout(0.5), layerNorm(), dense(n, softmax), dense(2)])),
  },
  'channels that are normalized': {
    sizes: [16, 1024],
    net: (n) =>
      withLoss(
        sequential([n, 16, 16], [batchNorm(), layerNorm(), groupNorm(4), prelu(), globalAveragePool2d(), dense(2)]),
      ),
  },
  classes: { sizes: [256, 30_000], net: (n) => withLoss(sequential([20], [dense(n)])) },
  'classes that weigh differently': {
    sizes: [256, 30_000],
    net: (n) => {
      const classWeights = Array.from({ length: n }, (_, i) => 1 + (i % 7) / 3);
      return withLoss(sequential([20], [dense(n)]), 16, { classWeights, labelSmoothing: 0.1 });
    },
  },
  'samples of a batch': {
    sizes: [256, 100_000],
    net: (n) => withLoss(sequential([20], [dense(32, relu), dense(2)]), n),
  },
  'units of a recurrent layer': {
    sizes: [64, 1024],
    net: (n) => withLoss(sequential([9, 5], [gru(n, { sequence: true, mask: true }), lstm(n), dense(2)])),
  },
  'steps of a sequence': {
    sizes: [5, 500],
    net: (n) => withLoss(sequential([n, 5], [gru(8, { sequence: true, mask: true }), lstm(8), dense(2)])),
  },
  'words and rows of a table': {
    sizes: [64, 5000],
    net: (n) => withLoss(sequential([n], [embedding(n, 40), dense(2)])),
  },
  'pixels of an image that is distorted': {
    sizes: [64, 1024],
    net: (n) => {
      const dataset = fromArrays({ x: new Uint8Array(2 * n * n), y: [0, 1], shape: [n, n] });
      const options = { rotate: 10, elastic: { alpha: 34, sigma: 1 } };
      return feedGraph(dataset, 64, augmentationOf(options, dataset, [n, n], 'test'));
    },
  },
};

const named = ({ name }: { name: string }) => name !== '';

/** The texts of a graph on every kind of device, in every form that its kernels may take. */
function* textsOf(graph: Graph): Generator<string> {
  for (const target of targets) {
    const most = Math.max(
      ...graph.nodes.map((node) => (node.op.kind === 'kernel' && node.op.forms?.(node, target).length) || 1),
    );
    for (let i = 0; i < most; i++) {
      const formOf = (node: Graph['nodes'][number]) => {
        const forms = node.op.kind === 'kernel' ? node.op.forms?.(node, target) : undefined;
        return forms?.[Math.min(i, forms.length - 1)];
      };
      const { dispatches } = schedule(graph, { keep: named, storageBuffers: 8, target, formOf });
      for (const { shader } of dispatches) yield shader.code;
    }
  }
}

const seen = new Set<string>();
function expectWithinLimits(code: string): void {
  if (seen.has(code)) return;
  seen.add(code);
  const { function: functions, ...spaces } = variablesOf(code);
  for (const [name, bytes] of functions) expect(bytes, `${name} of\n${code}`).toBeLessThanOrEqual(LIMITS.function);
  expect(spaces.private, code).toBeLessThanOrEqual(LIMITS.private);
  expect(spaces.workgroup, code).toBeLessThanOrEqual(LIMITS.workgroup);
}

describe('variables of a shader', () => {
  test('are counted with their types, copies and constants', () => {
    const code = `const A: u32 = 5u;
const B = (A + 3u) / 2u;
struct S { x: f32, y: vec4f, }
var<workgroup> tile: array<vec3f, A * B>;
var<private> s: S;
fn f(c: array<array<vec4f, A>, B>, row: u32) -> u32 {
  var copy = c; // 5 × 4 × 16
  var sums: array<f32, A * A>;
  for (var i = 0u; i < 4u; i++) { sums[i] += 1.0; }
  return row;
}
fn g() { var m = mat4x2f(); }`;
    const { function: functions, ...spaces } = variablesOf(code);
    expect([...functions]).toEqual([
      ['f', 320 + 100 + 16],
      ['g', 32],
    ]);
    expect(spaces).toEqual({ private: 20, workgroup: 20 * 16 });
  });

  for (const op of ops.filter((op) => casesOf(op).length > 0)) {
    it(`of ${op.name} fit into every device`, () => {
      for (const example of casesOf(op))
        for (const code of textsOf(graphOf(op, example).graph)) expectWithinLimits(code);
    });
  }
});

describe('a shader', () => {
  for (const [what, { sizes, net }] of Object.entries(nets)) {
    it(`fits into every device and is as long, for any number of ${what}`, () => {
      const [small, large] = sizes.map((n) => {
        const texts = [...textsOf(net(n))];
        for (const code of texts) expectWithinLimits(code);
        return Math.max(...texts.map((code) => code.replace(/\d+/g, '0').length));
      });
      expect(large).toBeLessThanOrEqual(1.1 * small);
    });
  }
});

describe('the work of pooling', () => {
  it.each([maxPool2d, avgPool2d])('is at most in proportion to the pixels and a side of a window', (pool) => {
    for (const side of [16, 100, 300]) {
      for (const share of [1, 2, 3, 8]) {
        const size = Math.floor(side / share);
        for (const stride of [1, 2, Math.ceil(size / 2), size, size + 1]) {
          const { nodes } = withLoss(sequential([1, side, side], [conv2d(2, 1), pool(size, { stride }), dense(2)]));
          const pools = nodes.filter(({ op }) => op.name === 'maxPool' || op.name === 'averagePool');
          const work = pools.map(
            ({ shape: [, h, w], attributes: { height, width } }) => h * w * Number(height) * Number(width),
          );
          expect(work.reduce((a, b) => a + b)).toBeLessThanOrEqual(4 * side ** 2 * 2 * size);
          // Nothing is done twice where windows do not overlap.
          if (stride >= size) expect(work).toHaveLength(1);
        }
      }
    }
  });
});

describe('memory between kernels', () => {
  /** Of what adds up in parts, where the result is small. */
  const SCRATCH = 4 * 2 ** 20;

  it.each(Object.entries(nets).flatMap(([what, { sizes, net }]) => sizes.map((n) => [n, what, net] as const)))(
    'is in proportion to the tensors of the net: %d %s',
    (n, _what, net) => {
      const { nodes } = net(n);
      const largest = Math.max(...nodes.filter(named).map(({ shape }) => byteLength(shape)));
      for (const { op, shape } of nodes)
        expect(byteLength(shape), op.name).toBeLessThanOrEqual(Math.max(SCRATCH, largest));
    },
  );

  it('is at most 4 MiB, or what the weights take, for the parts of a filter gradient', () => {
    let inParts = 0;
    for (const filters of [1, 6, 16, 64, 512])
      for (const channels of [1, 3, 64, 512])
        for (const size of [1, 3, 5])
          for (const side of [5, 28])
            for (const batch of [1, 3, 16, 100]) {
              const nets = [
                sequential([channels, side, side], [conv2d(filters, size), dense(2)]),
                sequential([channels, side, side], [conv2d(2 * channels, size, relu, { groups: channels }), dense(2)]),
                sequential([channels, side * side], [conv1d(filters, size), dense(2)]),
              ];
              for (const model of nets) {
                const { nodes } = trainingGraph({ model, loss: softmaxCrossEntropy(), batch }).graph;
                const parts = nodes.find(({ op }) => op.name === 'conv2dFilterGradient')!;
                const weights = byteLength(nodes.find(({ name }) => name === 'W1')!.shape);
                expect(byteLength(parts.shape)).toBeLessThanOrEqual(Math.max(SCRATCH, weights));
                inParts += Number(parts.shape[0] > 1);
              }
            }
    expect(inParts).toBeGreaterThan(0);
  });

  it('is enough for the parts of the filter gradient of a signal to keep a processor busy', () => {
    const model = sequential([1, 3000], [conv1d(4, 5), dense(2)]);
    const { nodes } = trainingGraph({ model, loss: softmaxCrossEntropy(), batch: 16 }).graph;
    const [parts, filters] = nodes.find(({ op }) => op.name === 'conv2dFilterGradient')!.shape;
    expect(parts * filters).toBeGreaterThanOrEqual(1024);
  });
});
