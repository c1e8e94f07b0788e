/**
 * Random nets out of all layers, exported and imported again: they predict the same, and a step of training changes their parameters
 * as it changes those of the net that was exported. `RETROGRAD_NETS=1000` says how many, `RETROGRAD_NETS_FROM=1000` which seed is the
 * first.
 */
import { expect, test } from 'vitest';
import { normals } from '../../../src/base/random.ts';
import { size } from '../../../src/base/tensor.ts';
import { compile, dense, quadratic, sequential, sgd } from '../../../src/index.node.ts';
import { describeModel, type Model } from '../../../src/nn/model.ts';
import { fromOnnx, toOnnx } from '../../../src/onnx/index.ts';
import { compiled, inputsOf, parametersOf, randomNet } from '../../oracle/random/random-nets.ts';
import { layerCases } from '../../support/layer-cases.ts';
import { error } from '../onnxruntime.ts';

const count = Number(process.env.RETROGRAD_NETS ?? 60);
const from = Number(process.env.RETROGRAD_NETS_FROM ?? 1);

/** What training changes, in the order of the layers: numbers of layers differ where one needs fewer of them. */
const trained = (parameters: Readonly<Record<string, { readonly data: Float32Array }>>): Float32Array[] =>
  Object.entries(parameters).flatMap(([key, { data }]) => (/\.(mean|std)$/.test(key) ? [] : [data]));

/** Which row of a table stands for padding, and is not trained, is nothing that a graph says. */
function withoutPadding({ layers: [first] }: Model, [table, ...others]: Float32Array[]): Float32Array[] {
  if (first.layer !== 'embedding' || first.padding === undefined) return [table, ...others];
  const { padding, units } = first;
  return [table.map((value, i) => (Math.floor(i / units) === padding ? 0 : value)), ...others];
}

test.each(Array.from({ length: count }, (_, i) => from + i))('the net of seed %i', async (seed) => {
  const net = randomNet(seed);
  const trainer = await compiled(net, 'cpu');
  await trainer.setParameters(parametersOf(net, seed));
  const isLeft = net.loss.prediction !== 'linear';
  const imported = await fromOnnx(await toOnnx(trainer), { keepLast: !isLeft });
  const where = `${describeModel(net.model)} became ${describeModel(imported.model)}`;
  if (isLeft) expect(imported.loss, where).toMatchObject({ name: net.loss.name });
  const again = await compiled({ ...net, model: imported.model }, 'cpu');
  await again.setParameters(imported.parameters);
  const x = inputsOf(net, seed);
  expect(error(await again.predict(x), await trainer.predict(x)), where).toBeLessThan(1e-5);
  const outputs = size(net.model.shapes[net.model.shapes.length - 1]);
  const y = Float32Array.from(normals(net.samples * outputs, seed, 7), (value) =>
    net.loss.question === 'values' ? value : Number(value > 0),
  );
  for (const one of [trainer, again]) one.step(x, net.loss.question === 'class' ? oneHot(y, outputs) : y);
  const [found, expected] = [await again.parameters(), await trainer.parameters()].map((all) =>
    withoutPadding(net.model, trained(all)),
  );
  expect(found.length, where).toBe(expected.length);
  const largest = Math.max(...expected.map((data) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
  expected.forEach((data, i) => {
    const worst = data.reduce((most, value, j) => Math.max(most, Math.abs(value - found[i][j])), 0);
    expect(worst / largest, where).toBeLessThan(1e-5);
  });
  trainer.destroy();
  again.destroy();
});

/** The first class of each sample, or the last one. */
const oneHot = (y: Float32Array, classes: number): Float32Array =>
  y.map((_, i) => Number(i % classes === (y[i - (i % classes)] > 0 ? 0 : classes - 1)));

const pools = layerCases.filter(({ layer }) => layer.layer === 'pool1d' || layer.layer === 'pool2d');

test.each(pools.map(({ layer, inputs }) => [describeModel(sequential(inputs[0], [layer])), layer, inputs[0]] as const))(
  '%s stays the same layer',
  async (_title, layer, shape) => {
    const [optimizer, loss] = [sgd({ learningRate: 0.1 }), quadratic()];
    const trainer = await compile(sequential(shape, [layer, dense(2)]), { device: 'cpu', batch: 3, loss, optimizer });
    const { model, parameters } = await fromOnnx(await toOnnx(trainer));
    expect(model.layers[0]).toEqual(layer);
    const again = await compile(model, { device: 'cpu', batch: 3, loss, optimizer });
    await again.setParameters(parameters);
    const x = Float32Array.from(normals(3 * size(shape), 1, 8));
    expect(await again.predict(x)).toEqual(await trainer.predict(x));
    trainer.destroy();
    again.destroy();
  },
);
