/** The data sets that a net keeps on its device: which are made, and which go for another. */
import { expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import { cpuEngine } from '../../src/engine/cpu-engine.ts';
import type { Engine, Program } from '../../src/engine/engine.ts';
import { dense, sequential } from '../../src/index.ts';
import { quadratic } from '../../src/nn/losses/index.ts';
import { feeds } from '../../src/train/feed.ts';
import { trainingGraph } from '../../src/train/graphs.ts';

/** An engine that says which of its programs are there, by the numbers in which they were made. */
function counted(): Engine & { readonly alive: Set<number> } {
  const engine = cpuEngine();
  const alive = new Set<number>();
  let made = 0;
  return {
    ...engine,
    alive,
    async program(...given): Promise<Program> {
      const program = await engine.program(...given);
      const number = made++;
      alive.add(number);
      return { ...program, destroy: () => void alive.delete(number) };
    },
  };
}

test('four data sets stay; for a fifth the one goes that was not used for longest, and is made again when asked for', async () => {
  const engine = counted();
  const network = { model: sequential([1], [dense(1)]), loss: quadratic(), batch: 2 };
  const { graph } = trainingGraph(network);
  const program = await engine.program(graph, { keep: () => true });
  const known = feeds(engine, network);
  const sets = [0, 1, 2, 3, 4].map((i) => fromArrays({ x: [[i], [i + 1]], y: [[0], [1]] }));
  const use = async (...which: number[]) => {
    for (const i of which) await known.use(sets[i], program, {}, async () => {});
    return [...engine.alive];
  };
  expect(await use(0, 1, 2, 3)).toEqual([0, 1, 2, 3, 4]); // 0 is the training step itself
  expect(await use(0, 3, 0)).toEqual([0, 1, 2, 3, 4]);
  expect(await use(4)).toEqual([0, 1, 3, 4, 5]); // set 1 has gone, which was program 2
  expect(await use(2, 3, 0, 4)).toEqual([0, 1, 3, 4, 5]);
  expect(await use(1)).toEqual([0, 1, 4, 5, 6]); // for it set 2, program 3
});
