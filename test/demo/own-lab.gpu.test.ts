/** What the worker makes of a visitor's own data. */
import { adam, compile, meanSquared } from 'retrograd';
import { fromOnnx } from 'retrograd/onnx';
import { describe, expect, test } from 'vitest';
import { exampleTable } from '../../demo/mnist/lab/own-data/example-table.ts';
import { createOwnData } from '../../demo/mnist/lab/own-data/own-lab.ts';
import { type OwnSettings, type TableData, usualOwn } from '../../demo/mnist/lab/own-data/own-protocol.ts';
import { asSafetensors, weightFileOf } from '../../demo/mnist/page/shared/weight-files.ts';
import { zipEntries } from '../../src/data/zip.ts';
import { barFile, barFiles } from '../support/bars.ts';

const fileOf = (text: string, name = 'table.csv') => new File([text], name);
const tableOf = (file: File, changes: Partial<TableData> & Pick<TableData, 'target' | 'inputs'>): TableData => ({
  kind: 'table',
  file,
  delimiter: ',',
  isClass: false,
  categorical: [],
  missing: 'error',
  ...changes,
});
const settings = (changes: Partial<OwnSettings> = {}): OwnSettings => ({ ...usualOwn.table, ...changes });
const flowers = fileOf(exampleTable(), 'flowers.csv');

/** Trains to the end of so many steps, a glance at a time. */
async function trained(lab: ReturnType<typeof createOwnData>, steps: number) {
  let frame = await lab.advance(steps);
  while (frame.step < steps) frame = await lab.advance(steps);
  return frame;
}

describe('a table', () => {
  test('is looked through by the library: names, kinds, first rows, and what it refuses', async () => {
    const lab = createOwnData();
    const text = 'size;colour;note\n1.5;red;a1\n;blue;2\n7;red;b';
    expect(await lab.openTable(fileOf(text))).toEqual({
      delimiter: ';',
      columns: [
        { name: 'size', kind: 'number' },
        { name: 'colour', kind: 'category', categories: 2 },
        { name: 'note', problem: expect.stringMatching(/^table\.csv: line 3, column 2 \("note"\): expected text/) },
      ],
      rows: [
        ['1.5', 'red', 'a1'],
        ['', 'blue', '2'],
        ['7', 'red', 'b'],
      ],
      count: 3,
    });
    const bare = await lab.openTable(fileOf('1,2\n3,4\n'));
    expect([bare.columns.map(({ name }) => name), bare.count]).toEqual([['0', '1'], 2]);
    await expect(lab.openTable(fileOf('a,b\n1,"2'))).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringContaining('line 2'),
    });
    await expect(lab.openTable(fileOf(text), ',')).rejects.toThrow('set { delimiter: ";" }');
  });

  test('of flowers is learned: a class, with a confusion matrix, and one flower predicted', async () => {
    const lab = createOwnData();
    const {
      train,
      test: held,
      target,
      columns,
      shape,
      parameters,
      stepsOfEpoch,
      frame,
    } = await lab.prepare(tableOf(flowers, { target: 4, inputs: [0, 1, 2, 3] }), settings());
    expect([train, held, shape, stepsOfEpoch, parameters]).toEqual([120, 30, [4], 8, 5 * 16 + 17 * 3]);
    expect(target).toEqual({ kind: 'class', classes: ['setosa', 'versicolor', 'virginica'] });
    expect(columns!.map(({ name }) => name)).toEqual(['sepal length', 'sepal width', 'petal length', 'petal width']);
    expect([frame.step, frame.confusion!.flat().reduce((a, b) => a + b)]).toEqual([0, 30]);
    const { step, test: score, confusion } = await trained(lab, 400);
    expect(step).toBe(400);
    expect(score.accuracy).toBeGreaterThanOrEqual(0.9);
    const right = confusion!.reduce((sum, row, i) => sum + row[i], 0);
    expect(score.accuracy).toBeCloseTo(right / 30, 6);
    const row = { 'sepal length': '5.0', 'sepal width': '3.4', 'petal length': '1.5', 'petal width': '0.2' };
    expect((await lab.predictRow(row))[0]).toBeGreaterThan(0.95);
    await expect(lab.predictRow({ ...row, 'petal width': 'wide' })).rejects.toThrow('column "petal width"');
  });

  test.each(['sgd', 'adam'] as const)('with a number as target is learned in its units, with %s', async (optimizer) => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 10},${i % 7},${500_000 + 1000 * (i % 10) - 300 * (i % 7)}`,
    );
    const lab = createOwnData();
    const { target, frame } = await lab.prepare(
      tableOf(fileOf(['a,b,price', ...rows].join('\n')), { target: 2, inputs: [0, 1] }),
      settings({ hidden: [], optimizer, learningRate: 0.05 }),
    );
    expect(target).toEqual({ kind: 'number' });
    expect(frame.test.meanError).toBeGreaterThan(1000);
    const { test: score, pairs } = await trained(lab, 400);
    expect(score.meanError).toBeLessThan(20);
    expect(score.loss).toBeLessThan(1e-4);
    expect(pairs!.length).toBe(24);
    const mean =
      Array.from({ length: 12 }, (_, i) => Math.abs(pairs![2 * i] - pairs![2 * i + 1])).reduce((a, b) => a + b) / 12;
    expect(score.meanError).toBeCloseTo(mean, 0);
    expect(Math.abs((await lab.predictRow({ a: '4', b: '2' }))[0] - 503_400)).toBeLessThan(50);
  });

  test('says what is wrong with it, with line and column', async () => {
    const lab = createOwnData();
    const prepare = (text: string, changes: Partial<TableData> = {}) =>
      lab.prepare(tableOf(fileOf(text), { target: 1, inputs: [0], ...changes }), settings());
    await expect(prepare('a,b\n1,x\n,y\n3,x\n4,y', { isClass: true })).rejects.toThrow('line 3, column 0 ("a")');
    await expect(prepare('a,b\n1,x\n2,x\n3,x', { isClass: true })).rejects.toThrow('two classes or more in the target');
    const filled = await prepare('a,b\n1,x\n,y\n3,x\n4,y\n5,x', { missing: 'mean' });
    expect(filled.train + filled.test).toBe(5);
    const dropped = await prepare('a,b\n1,x\n,y\n3,x\n4,y\n5,x', { missing: 'drop' });
    expect(dropped.train + dropped.test).toBe(4);
    const codes = await prepare('a,b\n1,2\n2,7\n1,2\n2,7\n1,2', { isClass: true, categorical: [0] });
    expect([codes.shape, codes.target]).toEqual([[2], { kind: 'class', classes: ['2', '7'] }]);
  });
});

describe('pictures', () => {
  test.each([true, false])('of two classes are learned, with convolutions: %s', async (isConvolutional) => {
    const lab = createOwnData();
    const classes = { lying: await barFiles(false), standing: await barFiles(true) };
    const {
      target,
      shape,
      train,
      test: held,
    } = await lab.prepare(
      { kind: 'pictures', classes, side: 12, channels: 1 },
      { ...usualOwn.pictures, isConvolutional },
    );
    expect([target, shape, train, held]).toEqual([
      { kind: 'class', classes: ['lying', 'standing'] },
      [1, 12, 12],
      ...[16, 4],
    ]);
    const frame = await trained(lab, 60);
    expect(frame.test.accuracy).toBe(1);
    const { outputs, pixels } = await lab.predictPicture(await barFile(true, 7.4));
    expect([outputs.length, pixels.length]).toEqual([2, 144]);
    expect(outputs[1]).toBeGreaterThan(0.9);
    const mistakes = await lab.mistakes();
    expect(mistakes.length).toBe(4);
    expect(mistakes.map(({ probability }) => probability)).toEqual(
      mistakes.map(({ probability }) => probability).sort((a, b) => a - b),
    );
    for (const { label, guess, probability } of mistakes) expect([guess, probability > 0.5]).toEqual([label, true]);
  });

  test('that are none are refused by name', async () => {
    const classes = { cat: [await barFile(true, 3)], dog: [new File(['GIF89a'], 'dog.png')] };
    await expect(
      createOwnData().prepare({ kind: 'pictures', classes, side: 12, channels: 3 }, usualOwn.pictures),
    ).rejects.toThrow('dog.png: byte 0: expected a PNG or JPEG file, found GIF');
  });
});

test('drawn symbols are a data set of their own, moved about in training', async () => {
  const drawings = (isUpright: boolean) =>
    Array.from({ length: 5 }, (_, n) =>
      Float32Array.from({ length: 784 }, (_, i) => Number((isUpright ? i % 28 : Math.floor(i / 28)) === 11 + n)),
    );
  const lab = createOwnData();
  const symbols = [
    { name: 'dash', drawings: drawings(false) },
    { name: 'stroke', drawings: drawings(true) },
  ];
  const { shape, train } = await lab.prepare({ kind: 'symbols', symbols }, { ...usualOwn.symbols, heldOut: 40 });
  expect([shape, train]).toEqual([[1, 28, 28], 6]);
  await trained(lab, 60);
  expect((await lab.predict(symbols[1].drawings[0]))[1]).toBeGreaterThan(0.8);
});

describe('weights', () => {
  test('go out as safetensors, ONNX and a folder for PyTorch, and come back from each', async () => {
    const lab = createOwnData();
    await lab.prepare(tableOf(flowers, { target: 4, inputs: [0, 1, 2, 3], isClass: true }), settings());
    await trained(lab, 40);
    const cells = { 'sepal length': '6.1', 'sepal width': '2.9', 'petal length': '4.7', 'petal width': '1.4' };
    const before = await lab.predictRow(cells);
    const files = {
      'a.safetensors': await lab.save(),
      'a.onnx': await weightFileOf(await lab.save(), 'onnx'),
      'a.zip': await weightFileOf(await lab.save(true), 'pytorch', await lab.data()),
    };
    const load = async (file: File) => lab.load(await asSafetensors(file, () => lab.save()));
    for (const [name, bytes] of Object.entries(files)) {
      await trained(lab, 60);
      expect(await lab.predictRow(cells)).not.toEqual(before);
      expect((await load(new File([bytes], name))).step).toBe(0);
      expect(await lab.predictRow(cells)).toEqual(before);
    }
    const packed = zipEntries(files['a.zip'], 'a.zip', 1e7).map(({ name }) => name);
    expect(packed).toEqual(expect.arrayContaining(['retrograd/model.py', 'retrograd/train.py']));
    expect(packed.filter((name) => name.startsWith('retrograd/data/')).length).toBeGreaterThanOrEqual(4);

    await lab.prepare(tableOf(flowers, { target: 4, inputs: [0, 1], isClass: true }), settings({ hidden: [5] }));
    await expect(load(new File([files['a.onnx']], 'a.onnx'))).rejects.toThrow(
      'a.onnx: expected weights of shapes [5, 2] [5] [3, 5] [3], as the network here has, found [16, 4] [16] [3, 16] [3]',
    );
    await expect(load(new File([files['a.zip']], 'a.zip'))).rejects.toMatchObject({ name: 'DataError' });
    await expect(load(new File(['no'], 'b.safetensors'))).rejects.toMatchObject({ name: 'DataError' });
  });

  test('in an ONNX file predict a number in its units from cells as they are, elsewhere too', async () => {
    const lab = createOwnData();
    await lab.prepare(tableOf(flowers, { target: 3, inputs: [0, 1, 2] }), settings());
    await trained(lab, 40);
    const [here] = await lab.predictRow({ 'sepal length': '6.1', 'sepal width': '2.9', 'petal length': '4.7' });
    const { model, parameters } = await fromOnnx(await weightFileOf(await lab.save(), 'onnx'));
    const net = await compile(model, { device: 'cpu', batch: 1, loss: meanSquared(), optimizer: adam() });
    net.setParameters(parameters);
    const [there] = await net.predict([[6.1, 2.9, 4.7]]);
    net.destroy();
    expect(there).toBeCloseTo(here, 4);
    expect(here).toBeGreaterThan(0.8);
    expect(here).toBeLessThan(2);
  });
});
