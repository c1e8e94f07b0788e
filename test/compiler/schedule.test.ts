/** Fusing and scheduling, without a GPU: what is computed where, in which order, in which buffer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse, nodesOf } from '../../src/compiler/fuse.ts';
import { printSchedule, schedule } from '../../src/compiler/schedule.ts';
import { append, createGraph, type Node, printGraph } from '../../src/graph/graph.ts';
import { batch, leaf, parameter, stepOf } from '../../src/graph/leaf.ts';
import { overwrites, storageOf } from '../../src/graph/storage.ts';
import { conv2d, dense, flatten, relu } from '../../src/nn/layers/index.ts';
import { softmaxCrossEntropy } from '../../src/nn/losses/index.ts';
import { sequential } from '../../src/nn/model.ts';
import { adam, sgd } from '../../src/nn/optimizers/index.ts';
import { add, bias, hadamard } from '../../src/ops/arithmetic.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { descend } from '../../src/ops/optimizer-steps.ts';
import { evaluationGraph, feedGraph, trainingGraph } from '../../src/train/graphs.ts';
import { anyTraining, mnistNet } from '../support/networks.ts';

const named = (node: Node) => node.name !== '';
const training = trainingGraph(mnistNet, sgd({ learningRate: 0.5 })).graph;

describe('a training step of 784-100-10 with SGD', () => {
  it('takes 4 dispatches: the first layer; the second, its loss and both δ; each layer’s update with ∂W and ∂b', () => {
    const { dispatches: steps } = schedule(training, { keep: named, storageBuffers: 10 });
    expect(steps.map(({ label, writes }) => `${label}: ${writes.map(({ tensor }) => tensor).join(' ')}`)).toEqual([
      'gemm + bias + sigmoid: z1 a1',
      'gemm + bias → softmax_cross_entropy + tally → gemm + sigmoid′: z2 losses lossTotal′ delta2 delta1',
      'gemm + descend; row: descend: dW2 W2′ db2 b2′',
      'gemm + descend; row: descend: dW1 W1′ db1 b1′',
    ]);
  });

  it('takes one more to gather a batch from a resident data set', () => {
    const field = { kind: 'values', data: new Uint8Array(784), size: 784, scale: 1 / 255 } as const;
    const labels = { kind: 'labels', data: new Uint8Array(1), size: 10, scale: 1 } as const;
    const feed = feedGraph({ count: 1, inputs: field, targets: labels }, 100);
    expect(schedule(feed, { keep: named, storageBuffers: 8 }).dispatches).toHaveLength(1);
  });

  it('is linked for every width of a batch, on every kind of device', () => {
    const targets = [false, true].flatMap((software) => [0, 4, 8, 32].map((subgroup) => ({ software, subgroup })));
    for (const target of targets) {
      for (let width = 1; width <= 70; width++) {
        const { graph } = trainingGraph({ ...mnistNet, batch: width }, sgd({ learningRate: 0.5 }));
        for (const { shader, workgroups, label } of schedule(graph, { keep: named, storageBuffers: 16, target })
          .dispatches) {
          expect(shader.code, `${label} of ${width} columns`).not.toMatch(/\d\.\d+u/);
          expect(workgroups.every((n) => Number.isInteger(n) && n > 0)).toBe(true);
        }
      }
    }
  });

  it('binds no more than 8 storage buffers in a dispatch, also with Adam', () => {
    const { dispatches: steps } = schedule(trainingGraph(mnistNet, adam()).graph, { keep: named, storageBuffers: 8 });
    expect(Math.max(...steps.map(({ bindings }) => bindings.length))).toBeLessThanOrEqual(8);
  });

  it('runs an evaluation in 2 dispatches and keeps nothing but two totals', () => {
    const { dispatches: steps } = schedule(evaluationGraph(mnistNet).graph, { keep: () => false, storageBuffers: 8 });
    expect(steps.map(({ label }) => label)).toEqual([
      'gemm + bias + sigmoid',
      'gemm + bias → softmax_cross_entropy + tally → correct + tally',
    ]);
  });
});

describe('print', () => {
  it('shows a graph as a line per node with its name, shape and op', () => {
    expect(printGraph(training)).toMatchInlineSnapshot(`
      "x          [784, 100]     batch
      y          [10, 100]      batch
      W1         [100, 784]     parameter
      b1         [100, 1]       parameter
      %4         [100, 100]     matmul(W1, x)
      z1         [100, 100]     bias(%4, b1)
      a1         [100, 100]     activation(z1, f=sigmoid)
      W2         [10, 100]      parameter
      b2         [10, 1]        parameter
      %9         [10, 100]      matmul(W2, a1)
      z2         [10, 100]      bias(%9, b2)
      step       [1, 1]         step
      losses     [1, 100]       softmaxCrossEntropy(z2, y, step, mean)
      lossTotal  [512, 1, 100]  state
      %14        [512, 1, 100]  tally(lossTotal, losses, step, mean)
      delta2     [10, 100]      softmaxCrossEntropyGradient(z2, y, step, mean)
      db2        [10, 1]        rowSum(delta2)
      dW2        [10, 100]      matmul(delta2, a1, transposeB)
      %18        [100, 100]     matmul(W2, delta2, transposeA)
      delta1     [100, 100]     activationGradient(%18, a1, f=sigmoid)
      db1        [100, 1]       rowSum(delta1)
      dW1        [100, 784]     matmul(delta1, x, transposeB)
      %22        [100, 784]     descend(W1, dW1, step)
      %23        [100, 1]       descend(b1, db1, step)
      %24        [10, 100]      descend(W2, dW2, step)
      %25        [10, 1]        descend(b2, db2, step)"
    `);
  });

  it('shows a schedule with bindings, access modes and workgroups', () => {
    expect(printSchedule(schedule(training, { keep: named, storageBuffers: 8 }))).toMatchInlineSnapshot(`
      " 1  gemm + bias + sigmoid  ->  z1 [100, 100], a1 [100, 100]
            read A=W1, read B=x, read b1, readWrite z1, readWrite a1
            workgroups [4, 7, 1], workgroup 8² 2×4×32
       2  gemm + bias → softmax_cross_entropy + tally  ->  z2 [10, 100], losses [1, 100], lossTotal′ [512, 1, 100], delta2 [10, 100]
            read W2, read a1, read b2, readWrite z2, read y, readWrite lossTotal, readWrite losses, readWrite delta2, uniform step
            workgroups [2, 1, 1]
       3  gemm + sigmoid′  ->  delta1 [100, 100]
            read A=W2, read B=delta2, read a1, readWrite delta1
            workgroups [4, 7, 1], workgroup 8² 2×4×32
       4  gemm + descend; row: descend  ->  dW2 [10, 100], W2′ [10, 100], db2 [10, 1], b2′ [10, 1]
            read A=delta2, read B=a1, readWrite W2, readWrite dW2, readWrite b2, readWrite db2, uniform step
            workgroups [4, 1, 1], workgroup 8² 2×4×32
       5  gemm + descend; row: descend  ->  dW1 [100, 784], W1′ [100, 784], db1 [100, 1], b1′ [100, 1]
            read A=delta1, read B=x, readWrite W1, readWrite dW1, readWrite b1, readWrite db1, uniform step
            workgroups [25, 7, 1], workgroup 8² 2×4×32
      17 buffers: leaf 7 (841840 bytes), kept 10 (447760 bytes), slot 0 (0 bytes)"
    `);
  });
});

describe('a kernel', () => {
  const square = (name: string, graph = createGraph()) => ({ graph, x: leaf(graph, batch, name, [4, 4]) });

  it('keeps what nobody else reads in registers', () => {
    const { graph, x } = square('x');
    append(graph, add, [append(graph, hadamard, [x, x]), x], {}, 'out');
    const { kernels, stored } = fuse(graph, { keep: named, storageBuffers: 8 });
    expect(kernels).toHaveLength(1);
    expect([...stored].map(({ name }) => name)).toEqual(['out']);
  });

  it('takes all that fits its bindings, of which a value in registers needs none', () => {
    const { graph, x } = square('x');
    const [W, b] = [leaf(graph, parameter, 'W', [4, 4]), leaf(graph, parameter, 'b', [4, 1])];
    const z = append(graph, bias, [append(graph, matmul, [W, x]), b]);
    append(graph, add, [z, leaf(graph, batch, 'y', [4, 4])], {}, 'out');
    expect(fuse(graph, { keep: named, storageBuffers: 5 }).kernels).toHaveLength(1);
    expect(fuse(graph, { keep: named, storageBuffers: 4 }).kernels).toHaveLength(2);
  });

  it('is not made for a value that leads to no output', () => {
    const { graph, x } = square('x');
    append(graph, hadamard, [x, x]);
    expect(fuse(graph, { keep: named, storageBuffers: 8 }).kernels).toHaveLength(0);
  });

  it('reads a parameter before the kernel that overwrites it', () => {
    const graph = createGraph();
    const theta = leaf(graph, parameter, 'theta', [4, 4]);
    const g = leaf(graph, batch, 'g', [4, 4]);
    append(graph, hadamard, [theta, g], {}, 'reads');
    append(graph, descend, [theta, g, stepOf(graph)]);
    const { kernels } = fuse(graph, { keep: named, storageBuffers: 8, separate: true });
    expect(kernels.map((kernel) => nodesOf(kernel)[0].op.name)).toEqual(['hadamard', 'descend']);
  });

  it('does not overwrite a parameter that its own body reads', () => {
    const graph = createGraph();
    const theta = leaf(graph, parameter, 'theta', [4, 4]);
    const product = append(graph, matmul, [theta, leaf(graph, batch, 'x', [4, 4])]);
    append(graph, descend, [theta, product, stepOf(graph)]);
    const { kernels } = fuse(graph, { keep: named, storageBuffers: 8 });
    expect(kernels.map((kernel) => nodesOf(kernel).map(({ op }) => op.name))).toEqual([['matmul'], ['descend']]);
  });

  it('is refused where it would read a parameter after it was overwritten', () => {
    const graph = createGraph();
    const theta = leaf(graph, parameter, 'theta', [4, 4]);
    append(graph, descend, [theta, theta, stepOf(graph)]);
    append(graph, hadamard, [theta, theta], {}, 'late');
    expect(() => fuse(graph, { keep: named, storageBuffers: 8 })).toThrow(
      /late = hadamard\(theta, theta\) reads theta after/,
    );
  });
});

describe('any training step', () => {
  const property = (check: (net: typeof anyTraining extends fc.Arbitrary<infer T> ? T : never) => void) =>
    fc.assert(fc.property(anyTraining, check), { numRuns: 300 });

  it('computes every node that is needed once, and stores what another kernel reads', () => {
    property(({ graph, keep, storageBuffers }) => {
      const { kernels, stored } = fuse(graph, { keep, storageBuffers });
      const computed = kernels.flatMap(nodesOf);
      expect(new Set(computed).size).toBe(computed.length);
      for (const kernel of kernels) {
        for (const input of nodesOf(kernel).flatMap((node) => node.inputs)) {
          if (input.op.kind !== 'leaf' && !nodesOf(kernel).includes(input)) expect(stored.has(input)).toBe(true);
        }
      }
      for (const node of graph.nodes) if (overwrites(node)) expect(computed).toContain(node);
    });
  });

  it('runs every kernel after those it reads from, and before those that overwrite what it reads', () => {
    property(({ graph, keep, storageBuffers }) => {
      const { kernels } = fuse(graph, { keep, storageBuffers });
      const position = new Map(kernels.flatMap((kernel, i) => nodesOf(kernel).map((node) => [node, i])));
      for (const [node, i] of position) {
        for (const input of node.inputs) expect(position.get(input) ?? -1).toBeLessThanOrEqual(i);
      }
      for (const writer of [...position.keys()].filter(overwrites)) {
        const old = storageOf(writer);
        const readers = [...position.keys()].filter((node) => node !== writer && node.inputs.includes(old));
        for (const reader of readers) expect(position.get(reader)).toBeLessThanOrEqual(position.get(writer)!);
      }
    });
  });

  it('binds each buffer once for writing or any number of times for reading, and no more than the device allows', () => {
    property(({ graph, keep, storageBuffers }) => {
      for (const { bindings } of schedule(graph, { keep, storageBuffers }).dispatches) {
        expect(bindings.length).toBeLessThanOrEqual(storageBuffers);
        for (const { buffer, access } of bindings) {
          if (access === 'readWrite') expect(bindings.filter((other) => other.buffer === buffer)).toHaveLength(1);
        }
      }
    });
  });

  it('never lets two tensors that are alive at once share a slot', () => {
    let shared = 0;
    property(({ graph, keep, storageBuffers }) => {
      const { dispatches: steps, buffers } = schedule(graph, { keep, storageBuffers });
      // From the printed plan, independently of the planner: first and last step that binds each tensor.
      const lives = new Map<string, { buffer: string; from: number; to: number }>();
      steps.forEach(({ bindings }, i) => {
        for (const { tensor, buffer } of bindings)
          lives.set(tensor, { buffer, from: lives.get(tensor)?.from ?? i, to: i });
      });
      const slots = new Set(buffers.filter(({ role }) => role === 'slot').map(({ name }) => name));
      const tenants = [...lives].filter(([, { buffer }]) => slots.has(buffer));
      for (const [a, one] of tenants) {
        for (const [b, other] of tenants) {
          if (a === b || one.buffer !== other.buffer) continue;
          shared++;
          expect(one.to < other.from || other.to < one.from, `${a} and ${b} in ${one.buffer}`).toBe(true);
        }
      }
    });
    expect(shared).toBeGreaterThan(100);
  });
});

describe('a signal', () => {
  /** A training step of a convolutional net, in the kernels of a software adapter and of any other. */
  const kernelsOf = (image: [number, number, number], window: [number, number]) => {
    const model = sequential(image, [
      conv2d(8, window),
      conv2d(4, window, relu, { padding: 'same' }),
      flatten(),
      dense(2),
    ]);
    const { graph } = trainingGraph({ model, loss: softmaxCrossEntropy(), batch: 4 }, sgd({ learningRate: 0.1 }));
    return [false, true].flatMap((software) =>
      schedule(graph, { keep: named, storageBuffers: 8, target: { software, subgroup: 0 } }).dispatches.map(
        ({ shader, workgroups }) => [workgroups, shader.code],
      ),
    );
  };

  it('runs in the same kernels as a column of pixels and as a row', () => {
    expect(kernelsOf([1, 200, 1], [9, 1])).toEqual(kernelsOf([1, 1, 200], [1, 9]));
  });
});
