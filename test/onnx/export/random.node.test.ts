/**
 * Random nets out of all layers, exported and run by onnxruntime. `RETROGRAD_NETS=1000` says how many, `RETROGRAD_NETS_FROM=1000` which
 * seed is the first.
 */
import { expect, test } from 'vitest';
import { describeModel } from '../../../src/nn/model.ts';
import { toOnnx } from '../../../src/onnx/index.ts';
import { compiled, inputsOf, parametersOf, randomNet } from '../../oracle/random/random-nets.ts';
import { check, missing } from '../checker.ts';
import { error, run } from '../onnxruntime.ts';

const count = Number(process.env.RETROGRAD_NETS ?? 60);
const from = Number(process.env.RETROGRAD_NETS_FROM ?? 1);

const files: Uint8Array[] = [];

test.each(Array.from({ length: count }, (_, i) => from + i))('the net of seed %i', async (seed) => {
  const net = randomNet(seed);
  const trainer = await compiled(net, 'cpu');
  await trainer.setParameters(parametersOf(net, seed));
  const x = inputsOf(net, seed);
  const expected = await trainer.predict(x);
  const given = { shape: [net.samples, ...net.model.input], data: net.indices ? BigInt64Array.from(x, BigInt) : x };
  for (const foldBatchNorm of [false, true]) {
    const file = await toOnnx(trainer, { foldBatchNorm });
    files.push(file);
    const { output } = await run(file, { input: given });
    const where = `${describeModel(net.model)}, ${net.loss.name}, folded: ${foldBatchNorm}`;
    expect(error(output.data, expected), where).toBeLessThan(1e-5);
  }
  trainer.destroy();
});

test('the checker of ONNX finds nothing in all these files', ({ skip }) => {
  if (missing) return skip(missing);
  expect(check(files)).toEqual([]);
});
