/** Losses and counts added up over very many steps. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import { cpuEngine } from '../../src/engine/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { batch, leaf } from '../../src/graph/leaf.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import { compile, type Device, dense, type Progress, quadratic, sequential, sgd } from '../../src/index.node.ts';
import { appendTotal, valuesOfTotal } from '../../src/ops/total.ts';
import { useGpu } from '../support/harness.ts';

const gpu = useGpu();

/** Enough for f32 to lose three digits of a plain sum: 0.1 rounds in the same direction many times. */
const count = 6000;
const y = Math.fround(Math.sqrt(0.2));
const loss = (y * y) / 2;
const data = fromArrays({ x: new Float32Array(count), y: new Float32Array(count).fill(y), shape: [1] });

describe.each(['GPU', 'CPU'])('%s: the mean of 6000 batches of one sample with a loss of 0.1', (kind) => {
  test('is 0.1 to seven digits, in evaluate, in the result of an epoch and in its progress', async () => {
    const device: Device | 'cpu' = kind === 'CPU' ? 'cpu' : gpu.device;
    const optimizer = sgd({ learningRate: 0 });
    const net = await compile(sequential([1], [dense(1)]), { device, batch: 1, loss: quadratic(), optimizer });
    const { loss: evaluated } = await net.evaluate(data);
    expect(Math.abs(evaluated / loss - 1)).toBeLessThan(2e-7);
    const told: Progress[] = [];
    const [{ trainLoss }] = await net.fit(data, { epochs: 1, onProgress: (progress) => void told.push(progress) });
    expect(Math.abs(trainLoss / loss - 1)).toBeLessThan(2e-7);
    expect(told.length).toBeGreaterThan(0);
    for (const { loss: soFar } of told) expect(Math.abs(soFar / loss - 1)).toBeLessThan(2e-7);
    net.destroy();
  });
});

/** A total, run n times on one value from a start of its own. */
async function totalOf(engine: Engine, { start, value, n }: { start: number; value: number; n: number }) {
  const graph = createGraph();
  appendTotal(graph, 'total', leaf(graph, batch, 'term', [1, 1]), { mean: true });
  const program = await engine.program(graph, { keep: () => false });
  program.write('term', Float32Array.of(value));
  program.write('total', Float32Array.of(start, 0));
  const rows = new Array(engine.maxRows).fill(stepRow({ columns: 1 }));
  for (let done = 0; done < n; done += engine.maxRows)
    engine.run([{ programs: [program], rows: rows.slice(0, n - done) }]);
  const total = valuesOfTotal(await program.read('total'))[0];
  program.destroy();
  return total;
}

describe.each(['GPU', 'CPU'])('%s: a total', (kind) => {
  const engineOf = (): Engine => (kind === 'CPU' ? cpuEngine() : gpu.engine);
  const tenth = Math.fround(0.1);

  test.each([
    ['after a million of them', 99_999, tenth, 4096],
    ['of less than half a unit in its last place', 2 ** 20, 2 ** -6, 4096],
    ['that cancels', 1e6, -tenth, 4096],
    ['of counts beyond 2²⁴', 2 ** 24, 1, 1024],
  ])('%s is right, and what one rounding of it loses is known', async (_name, start, value, n) => {
    const expected = start + n * value;
    const total = await totalOf(engineOf(), { start, value, n });
    expect(Math.abs(total - expected)).toBeLessThanOrEqual(2 ** -32 * expected);
  });
});
