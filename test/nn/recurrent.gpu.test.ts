/** Embeddings and recurrent nets against PyTorch, whose values test/oracle/recurrent/recurrent.py makes, and on the CPU reference. */
import { describe, expect, test } from 'vitest';
import { compile, dense, embedding, gru, lstm, type Model, quadratic, sequential, sgd } from '../../src/index.node.ts';
import cases from '../oracle/recurrent/recurrent.json' with { type: 'json' };
import { expectClose, type Tensors } from '../support/close.ts';
import { useGpu } from '../support/harness.ts';

const gpu = useGpu();

const models: Record<string, Model> = {
  'embedding with padding': sequential([6], [embedding(9, 4, { padding: 0 }), dense(3)]),
  ...Object.fromEntries(
    Object.entries({ gru, lstm }).flatMap(([name, layer]) => [
      [`${name}, last state`, sequential([6, 3], [layer(4)])],
      [`${name}, whole sequence`, sequential([7, 3], [layer(5, { sequence: true })])],
      [`${name}, masked, last state`, sequential([6, 3], [layer(4, { mask: true })])],
      [`${name}, masked, whole sequence`, sequential([6, 2], [layer(3, { mask: true, sequence: true })])],
      [`${name}, two layers`, sequential([6, 3], [layer(6, { sequence: true }), layer(4), dense(2)])],
      [
        `${name}, text of two masked layers`,
        sequential(
          [6],
          [
            embedding(9, 4, { padding: 0 }),
            layer(5, { mask: true, sequence: true }),
            layer(3, { mask: true }),
            dense(2),
          ],
        ),
      ],
    ]),
  ),
};

test('every value of PyTorch is used', () => {
  expect(Object.keys(models).sort()).toEqual(Object.keys(cases).sort());
});

describe.each(['gpu', 'cpu'] as const)('on the %s', (where) => {
  test.each(Object.entries(models))('%s', async (name, model) => {
    const { x, target, parameters, output, loss, gradients } = cases[name as keyof typeof cases];
    const [n] = x.shape;
    const device = where === 'cpu' ? where : gpu.device;
    const optimizer = sgd({ learningRate: 0.1 });
    const net = await compile(model, { device, batch: n + 1, loss: quadratic(), optimizer, tune: 'off' });
    net.setParameters(parameters as unknown as Tensors as never);
    const [data, y] = [Float32Array.from(x.data), Float32Array.from(target.data)];
    const found = { output: { shape: output.shape, data: await net.predict(data) } };
    expectClose(found, { output });
    const inputs = 'inputs' in gradients;
    expectClose(await net.gradients(data, y, { inputs }), gradients as unknown as Tensors);
    if (where === 'gpu') await net.check(data, y);
    net.step(data, y);
    expect(await net.loss()).toBeCloseTo(loss, 5);
    net.destroy();
  });
});
