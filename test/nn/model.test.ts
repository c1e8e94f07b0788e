/** Models out of a stack of layers and out of layers applied to values, and the graphs of both. */
import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/base/errors.ts';
import { printGraph } from '../../src/graph/graph.ts';
import { model } from '../../src/nn/functional.ts';
import {
  activation,
  add,
  concat,
  dense,
  globalMaxPool2d,
  linear,
  multiply,
  permute,
  relu,
  reshape,
} from '../../src/nn/layers/index.ts';
import { quadratic } from '../../src/nn/losses/index.ts';
import { apply, describeModel, input, type Model, type Symbolic, sequential } from '../../src/nn/model.ts';
import { sgd } from '../../src/nn/optimizers/index.ts';
import { compile } from '../../src/train/compile.ts';
import { trainingGraph } from '../../src/train/graphs.ts';

const graphOf = (of: Model): string => printGraph(trainingGraph({ model: of, loss: quadratic(), batch: 5 }).graph);

test('a stack is layers applied one after another', () => {
  const layers = [dense(4, relu), activation(relu), dense(2)];
  const x = input([3]);
  const [a, b, c] = layers;
  const applied = model(x, apply(c, apply(b, apply(a, x))));
  expect(applied).toEqual(sequential([3], layers));
  expect(graphOf(applied)).toBe(graphOf(sequential([3], layers)));
});

/** y = W³ (relu(x W¹ ...)) + x, with the sum before the last layer. */
function residual(): Model {
  const x = input([3]);
  const h = apply(dense(3, relu), x);
  const wide = apply(dense(5, relu), h);
  const back = apply(dense(3), wide);
  return model(x, apply(dense(2), apply(add(), back, h, x)));
}

describe('a model that branches', () => {
  test('numbers its layers as they are needed, and says what each takes', () => {
    const { layers, wiring, shapes } = residual();
    expect(layers.map(({ layer }) => layer)).toEqual(['dense', 'dense', 'dense', 'add', 'dense']);
    expect(wiring).toEqual([[0], [1], [2], [3, 1, 0], [4]]);
    expect(shapes).toEqual([[3], [3], [5], [3], [3], [2]]);
    expect(describeModel(residual())).toBe('3 -> 3 relu -> 5 relu -> 3 linear -> add of 3, 1, 0 -> 2 linear');
  });

  test('has a gradient that is the sum of those of its branches, and keys by the number of the layer', () => {
    const { graph, parameters } = trainingGraph({ model: residual(), loss: quadratic(), batch: 5 });
    expect(parameters.map(({ key }) => key)).toEqual(
      [0, 1, 2, 4].flatMap((i) => [`layers.${i}.weight`, `layers.${i}.bias`]),
    );
    const lines = printGraph(graph)
      .split('\n')
      .map((line) => line.replace(/ +/g, ' '));
    expect(lines.find((line) => line.startsWith('a4 '))).toMatch(/add\(%\d+, x\)/);
    expect(lines.filter((line) => line.startsWith('delta1 '))).toHaveLength(1);
  });

  test('keeps the δ of a layer by its name where the same gradient goes on to another', async () => {
    const x = input([1]);
    const [left, right] = [apply(dense(1), x), apply(dense(1), x)];
    const net = await compile(model(x, apply(add(), left, right)), {
      device: 'cpu',
      batch: 2,
      loss: quadratic({ reduction: 'sum' }),
      optimizer: sgd({ learningRate: 0 }),
    });
    const one = { shape: [1, 1], data: Float32Array.of(1) };
    const none = { shape: [1], data: Float32Array.of(0) };
    net.setParameters({ 'layers.0.weight': one, 'layers.0.bias': none, 'layers.1.weight': one, 'layers.1.bias': none });
    // a = 2 x, δ = a − y, and ∂C/∂b = Σ δ of both.
    net.step([1, 3], Float32Array.of(5, 1));
    for (const name of ['delta1', 'delta2']) expect([...(await net.tensor(name)).data]).toEqual([-3, 5]);
    for (const name of ['db1', 'db2']) expect([...(await net.tensor(name)).data]).toEqual([2]);
    net.destroy();
  });

  test('has the same weights for each use of a layer', () => {
    const [x, layer] = [input([3]), dense(3)];
    const twice = model(x, apply(layer, apply(layer, x)));
    expect(twice.layers).toHaveLength(2);
    const { parameters } = trainingGraph({ model: twice, loss: quadratic(), batch: 5 });
    expect(parameters.map(({ key, node }) => [key, node.name])).toEqual([
      ['layers.0.weight', 'W1'],
      ['layers.0.bias', 'b1'],
    ]);
    const lines = graphOf(twice).replace(/ +/g, ' ');
    expect(lines).toMatch(/z2 .*bias\(%\d+, b1\)/);
  });

  test('may add a value to itself', () => {
    const x = input([3]);
    const h = apply(dense(2), x);
    expect(model(x, apply(add(), h, h)).wiring).toEqual([[0], [1, 1]]);
  });
});

test('a layer takes one value more often than there are values', async () => {
  const x = input([2]);
  const cubes = model(x, apply(dense(1), apply(multiply(), x, x, x)));
  const net = await compile(cubes, {
    device: 'cpu',
    batch: 1,
    loss: quadratic(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  await net.setParameters({
    'layers.1.weight': { shape: [1, 2], data: Float32Array.of(1, 1) },
    'layers.1.bias': { shape: [1], data: Float32Array.of(0) },
  });
  expect([...(await net.predict([2, 3]))]).toEqual([35]);
  net.destroy();
});

describe('what is no model is refused where it is made', () => {
  const x = input([3]);
  const image = input([2, 3, 4]);
  const none = undefined as unknown as Symbolic;
  test.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    ['a number for a shape', () => input(3 as never), ArgumentError, /input: shape must be .*\[784\], found 3/],
    ['a size of 1.5', () => input([1.5]), ArgumentError, /input: shape.* found 1.5/],
    ['no layer', () => apply({} as never, x), ArgumentError, /apply: expected a layer .* found \{\}/],
    ['no value', () => apply(dense(1), none), ArgumentError, /apply: dense takes values .* found undefined/],
    ['two values for one', () => apply(dense(1), x, x), ShapeError, /dense: expected 1 values, found \[3\] and \[3\]/],
    ['one value for two', () => apply(add(), x), ShapeError, /add: expected 2 or more values, found \[3\]/],
    ['a sum in a stack', () => sequential([3], [dense(2), add()]), ShapeError, /layer 1: add: .* found \[2\]/],
    [
      'a product of two shapes',
      () => apply(multiply(), apply(dense(2), x), x),
      ShapeError,
      /multiply: .*\[2\] and \[3\]/,
    ],
    [
      'one value to put together',
      () => apply(concat(), x),
      ShapeError,
      /concat: expected 2 or more values, found \[3\]/,
    ],
    ['other axes to put together', () => apply(concat(), x, image), ShapeError, /concat: .*\[3\] and \[2, 3, 4\]/],
    [
      'other numbers of an image',
      () => apply(reshape([5, 5]), image),
      ShapeError,
      /reshape: .*\[5, 5\], found \[2, 3, 4\]/,
    ],
    ['a part that is left over', () => apply(reshape([5, -1]), image), ShapeError, /reshape: .*\[5, -1\], found/],
    [
      'fewer axes than there are',
      () => apply(permute([1, 0]), image),
      ShapeError,
      /permute: .* 2 axes, found \[2, 3, 4\]/,
    ],
    [
      'a global pool of a row',
      () => apply(globalMaxPool2d(), x),
      ShapeError,
      /globalMaxPool2d: expected images .*\[3\]/,
    ],
    ['none for two', () => apply(add()), ShapeError, /add: .* found none/],
    ['a sum of two shapes', () => apply(add(), x, apply(dense(2), x)), ShapeError, /add: .* found \[3\] and \[2\]/],
    ['an input for an output', () => model(x, x), ArgumentError, /model: expected an output from apply\(\)/],
    ['an output for an input', () => model(apply(dense(1), x), x), ArgumentError, /model: expected an input\(\)/],
    [
      'the output of another input',
      () => model(x, apply(add(), apply(dense(2), x), apply(dense(2), input([7])))),
      ArgumentError,
      /model: expected an output of the input \[3\], found one of another input, \[7\]/,
    ],
    [
      'an activation by its bare name',
      () => activation('relu' as never),
      ArgumentError,
      /activation: expected .* found "relu"/,
    ],
  ])('%s', (_name, make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});

test('a linear activation is nothing at all', () => {
  const of = (layers: Parameters<typeof sequential>[1]) => graphOf(sequential([3], layers));
  expect(of([dense(2), activation(linear)])).toBe(of([dense(2)]));
});
