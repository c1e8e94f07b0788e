/** One product of two square matrices, repeated: the kernel that training spends most of its time in, on its own. */
import { checkCount } from '../base/arguments.ts';
import type { Device } from '../engine/device.ts';
import { gpuEngine } from '../engine/gpu-engine.ts';
import { defaultMilliseconds, runSteps } from '../engine/run-steps.ts';
import { append, createGraph } from '../graph/graph.ts';
import { leaf, state } from '../graph/leaf.ts';
import { stepRow } from '../graph/step-row.ts';
import { matmul as matmulOp } from '../ops/matmul.ts';
import { flopOf } from './flop.ts';
import { numbers } from './synthetic.ts';
import type { Prepared, Work } from './work.ts';

/**
 * A matrix product `C = A B` of two square matrices, again and again.
 *
 * @param size Rows and columns of each matrix, a positive integer.
 * @throws {ArgumentError} For an invalid size.
 */
export function matmul(size: number): Work {
  checkCount('matmul: size', size);
  return {
    name: `matmul-${size}`,
    description: `[${size}, ${size}] × [${size}, ${size}] in f32`,
    flop: flopOf(product(size)),
    prepare: (device) => prepare(device, size),
  };
}

function product(size: number) {
  const graph = createGraph();
  const [A, B] = ['A', 'B'].map((name) => leaf(graph, state, name, [size, size]));
  append(graph, matmulOp, [A, B], {}, 'C');
  return graph;
}

async function prepare(device: Device, size: number): Promise<Prepared> {
  const engine = await gpuEngine(device);
  try {
    const program = await engine.program(product(size), { keep: ({ name }) => name === 'C' });
    for (const [i, name] of ['A', 'B'].entries()) program.write(name, numbers(size * size, i));
    const row = stepRow({ columns: size });
    const programs = [program];
    return {
      schedule: program.schedule!,
      run: (steps, signal) =>
        runSteps(engine, {
          steps,
          programs: () => programs,
          row: () => row,
          milliseconds: defaultMilliseconds(),
          signal,
        }),
      destroy: () => engine.destroy(),
    };
  } catch (error) {
    engine.destroy();
    throw error;
  }
}
