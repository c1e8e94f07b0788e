/** What the page says of layers, before any net is made, is what the library makes of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Config, fromHash, toHash, usual } from '../../demo/mnist/config.ts';
import { makeModel } from '../../demo/mnist/lab/make-model.ts';
import { type HiddenLayer, readLayer } from '../../demo/mnist/layers.ts';
import { fit, netInWords, outputNames, parameterShapes, weightedLayers } from '../../demo/mnist/net-shapes.ts';
import { presets } from '../../demo/mnist/presets.ts';
import { adam, compile, linear, observe, softmaxCrossEntropy } from '../../src/index.ts';

const net = (text: string): HiddenLayer[] => text.split(',').map((layer) => readLayer(layer)!);

/** Each kind, where it fits and where it does not. */
const texts = [
  ...['5:tanh', 'conv3x3:relu', 'conv2x5s2same:linear', 'conv2x4s3:gelu', 'maxpool2', 'averagepool3', 'maxpool14'],
  ...['dropout0.3', 'batchnorm', 'layernorm', 'skip1', 'skip2', 'act:relu', 'act:linear'],
];
const nets = fc.array(fc.constantFrom(...texts), { maxLength: 7 }).map((all) => all.map((text) => readLayer(text)!));

describe('shapes', () => {
  test('are those of the library, and what does not fit is what it refuses', async () => {
    let [fits, misfits] = [0, 0];
    const check = async (hidden: HiddenLayer[]) => {
      const { shapes, misfit } = fit(hidden);
      if (misfit) {
        misfits++;
        expect(shapes).toHaveLength(misfit.at + 1);
        // A skip over more layers than there are is no value to the library.
        await expect(makeModel(hidden, linear)).rejects.toThrow();
      } else {
        fits++;
        expect((await makeModel(hidden, linear)).shapes).toEqual([...shapes, [10]]);
      }
    };
    await fc.assert(fc.asyncProperty(nets, check), { numRuns: 300, seed: 1 });
    expect(Math.min(fits, misfits)).toBeGreaterThan(30);
  });

  test('of LeNet-5', () => {
    expect(fit(presets['LeNet-5'].hidden).shapes.map(String)).toEqual([
      '1,28,28',
      '6,28,28',
      '6,14,14',
      '16,10,10',
      '16,5,5',
      '120',
      '84',
    ]);
  });

  test.each([
    ['20,conv3x3', 1, 'It works on images, and gets 20 numbers. Put it before the dense layers.'],
    ['maxpool14,conv3x5', 1, 'A filter of 5 × 5 does not fit on an image of 2 × 2.'],
    ['maxpool14,maxpool3', 1, 'A window of 3 × 3 does not fit on an image of 2 × 2.'],
    ['conv3x3,skip2', 1, 'It skips 2 layers, but fewer come before it.'],
    ['conv3x3,skip1', 1, 'It adds 1 × 28 × 28 to 3 × 26 × 26: the layers that it skips have to keep the shape.'],
    ['conv64x1,2048', 1, 'It would have 102,760,448 weights, and 33,554,432 are the most.'],
  ])('%s: what does not fit is said at layer %i', (text, at, says) => {
    expect(fit(net(text)).misfit).toEqual({ at, says });
  });
});

describe('a net of every kind', () => {
  const hidden = net(
    'conv2x5s2same:relu,batchnorm,conv2x3same:linear,skip1,act:relu,maxpool2,dropout0.5,layernorm,averagepool2,act:linear,5:tanh,4:linear',
  );

  test('has the parameters, weights and tensors that the page expects', async () => {
    const trainer = await compile(await makeModel(hidden, linear), {
      device: 'cpu',
      batch: 2,
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
      seed: 1,
    });
    const found = Object.entries(await trainer.parameters()).map(([key, { shape }]) => [key, shape]);
    expect(found).toEqual([...parameterShapes(hidden)]);
    const names = outputNames(hidden);
    expect(names).toEqual(['x', 'a1', 'a2', 'z3', 'a4', 'a5', 'a6', 'a6', 'a8', 'a9', 'a9', 'a11', 'z12']);
    const weights = weightedLayers(hidden).map((layer) => `W${layer}`);
    expect(weights).toEqual(['W1', 'W3', 'W11', 'W12', 'W13']);
    const tensors = await (await observe(trainer, new Float32Array(784), [...new Set(names), ...weights])).read();
    const { shapes } = fit(hidden);
    for (const [i, name] of names.entries()) expect(tensors[name].shape).toEqual([...shapes[i], 1]);
    trainer.destroy();
  });

  test('reads as its address does', () => {
    expect(netInWords(net('conv6x5same:relu,maxpool2,32'))).toBe('784 → conv6x5same → maxpool2 → 32 → 10');
  });
});

describe('a preset', () => {
  test.each(Object.entries(presets))('%s fits, and is an address', async (_, preset) => {
    const config: Config = { ...usual, ...preset };
    expect(fromHash(toHash(config))).toEqual(config);
    expect((await makeModel(preset.hidden, linear)).shapes.at(-1)).toEqual([10]);
  });

  test('LeNet-5 has as many parameters as in the paper of today, Nielsen 23,860', () => {
    const count = (name: string) =>
      [...parameterShapes(presets[name].hidden).values()].reduce(
        (sum, shape) => sum + shape.reduce((a, b) => a * b),
        0,
      );
    expect(count('LeNet-5')).toBe(61_706);
    expect(count('784-30-10 (Nielsen)')).toBe(23_860);
    expect(toHash({ ...usual, ...presets['784-30-10 (Nielsen)'] })).toBe(
      '#hidden=30:sigmoid&loss=quadratic&optimizer=sgd&learningRate=3&batch=10',
    );
  });
});
