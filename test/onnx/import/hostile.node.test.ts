/** Files that were made to mislead, or damaged: each is refused by a typed error, or read. */
import { describe, expect, test } from 'vitest';
import { DataError } from '../../../src/base/errors.ts';
import { describeModel } from '../../../src/nn/model.ts';
import { fromOnnx } from '../../../src/onnx/import/from-onnx.ts';
import {
  ATTRIBUTE_TYPES,
  DATA_TYPES,
  type GraphMessage,
  type ModelMessage,
  modelFields,
  type NodeMessage,
  type TensorMessage,
  type ValueInfo,
} from '../../../src/onnx/messages.ts';
import { encode } from '../../../src/onnx/protobuf/writer.ts';

const value = (name: string, ...sizes: (number | string)[]): ValueInfo => ({
  name,
  type: {
    tensorType: {
      elemType: DATA_TYPES.float,
      shape: { dim: sizes.map((n) => (typeof n === 'string' ? { dimParam: n } : { dimValue: n })) },
    },
  },
});

const tensor = (name: string, dims: readonly number[], values: readonly number[]): TensorMessage => ({
  ...{ name, dims, dataType: DATA_TYPES.float },
  rawData: new Uint8Array(Float32Array.from(values).buffer),
});

const gemm: NodeMessage = {
  ...{ opType: 'Gemm', name: 'l', input: ['x', 'W', 'b'], output: ['y'] },
  attribute: [{ name: 'transB', i: 1, type: ATTRIBUTE_TYPES.int }],
};

/** A dense layer of two inputs and one output. */
const dense: GraphMessage = {
  node: [gemm],
  initializer: [tensor('W', [1, 2], [3, 4]), tensor('b', [1], [5])],
  input: [value('x', 'N', 2)],
  output: [value('y', 'N', 1)],
};

const file = (graph: GraphMessage, more: Partial<ModelMessage> = {}): Uint8Array =>
  encode(modelFields, { irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph, ...more }, 'test');

const read = (graph: GraphMessage, more: Partial<ModelMessage> = {}) => fromOnnx(file(graph, more));

const node = (opType: string, input: readonly string[], output: readonly string[]): NodeMessage => ({
  opType,
  input,
  output,
});

test('the file that the others are made of is good', async () => {
  const { model, parameters } = await read(dense);
  expect(describeModel(model)).toBe('2 -> 1 linear');
  expect(parameters).toEqual({
    'layers.0.weight': { shape: [1, 2], data: Float32Array.of(3, 4) },
    'layers.0.bias': { shape: [1], data: Float32Array.of(5) },
  });
});

describe('a graph', () => {
  test.each<[string, GraphMessage, RegExp]>([
    [
      'with a cycle',
      { ...dense, node: [node('Add', ['x', 'z'], ['y']), node('Relu', ['y'], ['z'])] },
      /nodes before it make, found "z"/,
    ],
    ['with a name twice', { ...dense, node: [gemm, node('Relu', ['x'], ['y'])] }, /another name for "y"/],
    [
      'with an initializer twice',
      { ...dense, initializer: [...dense.initializer!, tensor('b', [1], [0])] },
      /names of their own, found "b"/,
    ],
    [
      'with an initializer that a node makes',
      { ...dense, node: [node('Relu', ['x'], ['W']), gemm] },
      /another name for "W"/,
    ],
    ['with an input that nothing makes', { ...dense, node: [{ ...gemm, input: ['x', 'V'] }] }, /found "V"/],
    ['with an output that nothing makes', { ...dense, output: [value('z', 'N', 1)] }, /a node makes, found "z"/],
    ['without an output', { ...dense, output: [] }, /expected an output/],
    [
      'that only gives back its input',
      { ...dense, node: [], output: [value('x', 'N', 2)] },
      /an output that is an input/,
    ],
    ['whose output is constant', { ...dense, output: [value('W', 1, 2)], node: [] }, /does not depend on an input/],
    [
      'with an attribute twice',
      { ...dense, node: [{ ...gemm, attribute: [...gemm.attribute!, ...gemm.attribute!] }] },
      /"transB" once/,
    ],
    [
      'with an attribute that is unknown',
      { ...dense, node: [{ ...gemm, attribute: [{ name: 'mode', i: 3 }] }] },
      /mode|B is for/,
    ],
    [
      'with a node of constants that lacks one',
      { ...dense, node: [node('Unsqueeze', ['b'], ['c']), node('Add', ['x', 'c'], ['y'])] },
      /Unsqueeze: an input is missing/,
    ],
    [
      'with constants of sizes below 0',
      {
        ...dense,
        node: [node('Reshape', ['b', 'shape'], ['c']), node('Add', ['x', 'c'], ['y'])],
        initializer: [
          ...dense.initializer!,
          { name: 'shape', dims: [3], dataType: DATA_TYPES.int64, int64Data: [-2, -2, -1] },
        ],
      },
      /Reshape: a constant of the shape \[-2, -2, 0\.25\]/,
    ],
    [
      'with a slice of no numbers in axes beyond all counting',
      {
        ...dense,
        node: [node('Slice', ['none', 'at', 'at'], ['c']), node('Add', ['x', 'c'], ['y'])],
        initializer: [
          tensor('none', [0, 2 ** 40], []),
          { ...tensor('at', [1], []), dataType: DATA_TYPES.int32, rawData: new Uint8Array(4) },
        ],
      },
      /Add: /,
    ],
    ['without a size', { ...dense, input: [value('x', 'N', 'width')] }, /found \[N, width\]/],
    ['with no axis but the batch', { ...dense, input: [value('x', 'N')] }, /one axis or more/],
    ['of a size beyond all counting', { ...dense, input: [value('x', 'N', 2 ** 40, 2 ** 40)] }, /fixed sizes/],
    [
      'of an operator of another domain',
      { ...dense, node: [{ ...gemm, domain: 'com.example' }] },
      /com\.example\.Gemm: no layer/,
    ],
    [
      'with a graph in a graph',
      { ...dense, node: [{ ...node('If', ['x'], ['y']), attribute: [{ name: 'then_branch', g: dense }] }] },
      /If: no layer/,
    ],
    ['with sparse initializers', { ...dense, sparseInitializer: [Uint8Array.of(1)] }, /sparse/],
  ])('%s', async (_name, graph, message) => {
    const error = await read(graph).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(message);
  });

  test.each([0, 6, 25])('of opset %d', async (version) => {
    await expect(read(dense, { opsetImport: [{ version }] })).rejects.toThrow(`opset 7 to 24, found ${version}`);
  });

  test('no graph, no bytes', async () => {
    await expect(fromOnnx(new Uint8Array())).rejects.toThrow('one without a graph');
    await expect(fromOnnx('net.onnx' as never)).rejects.toThrow('expected the bytes of an ONNX file, found "net.onnx"');
  });
});

describe('a tensor', () => {
  const withW = (more: Partial<TensorMessage>): GraphMessage => ({
    ...dense,
    initializer: [{ ...tensor('W', [1, 2], [3, 4]), ...more }, dense.initializer![1]],
  });

  test.each<[string, Partial<TensorMessage>, RegExp]>([
    [
      'that is larger than the file',
      { dims: [2 ** 20, 2 ** 20] },
      /expected 4398046511104 bytes for \[1048576, 1048576\], found 8/,
    ],
    ['of sizes whose product is no number', { dims: [2 ** 50, 2 ** 50] }, /sizes of axes that can be counted/],
    ['of a size below 0', { dims: [-1, 2] }, /sizes of axes that can be counted/],
    ['of texts', { dataType: DATA_TYPES.string }, /one of the types float, .*, found string/],
    ['of no type', { dataType: 99 }, /found 99/],
    [
      'with a number that is none',
      { rawData: new Uint8Array(Float32Array.of(Number.NaN, 1).buffer) },
      /layers\.0\.weight: value 0/,
    ],
    ['of another shape', { dims: [2, 1] }, /B is for 1 numbers/],
  ])('%s', async (_name, more, message) => {
    const error = await read(withW(more)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(message);
  });

  const half = { dataType: DATA_TYPES.float16, rawData: Uint8Array.of(0, 0x42, 0, 0x44) };
  test.each<[string, Partial<TensorMessage>]>([
    ['in a list', { rawData: undefined, floatData: [3, 4] }],
    ['of doubles', { dataType: DATA_TYPES.double, rawData: new Uint8Array(Float64Array.of(3, 4).buffer) }],
    ['of doubles in a list', { dataType: DATA_TYPES.double, rawData: undefined, doubleData: [3, 4] }],
    ['of halves', half],
    ['of halves in a list', { ...half, rawData: undefined, int32Data: [0x4200, 0x4400] }],
    ['of bfloat16', { dataType: DATA_TYPES.bfloat16, rawData: Uint8Array.of(0x40, 0x40, 0x80, 0x40) }],
    ['of int32', { dataType: DATA_TYPES.int32, rawData: undefined, int32Data: [3, 4] }],
    ['of int64', { dataType: DATA_TYPES.int64, rawData: new Uint8Array(BigInt64Array.of(3n, 4n).buffer) }],
  ])('%s has its numbers', async (_name, more) => {
    const { parameters } = await read(withW(more));
    expect([...parameters['layers.0.weight'].data]).toEqual([3, 4]);
  });

  const outside = (...entries: [key: string, value: string][]): Partial<TensorMessage> => ({
    ...{ rawData: undefined, dataLocation: 1 },
    externalData: entries.map(([key, value]) => ({ key, value })),
  });

  test('in another file has its numbers', async () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer);
    const graph = withW(outside(['location', 'weights/W.bin'], ['offset', '8'], ['length', '8']));
    const { parameters } = await fromOnnx(file(graph), { externalData: { 'weights/W.bin': bytes } });
    expect([...parameters['layers.0.weight'].data]).toEqual([3, 4]);
    await expect(fromOnnx(file(graph))).rejects.toThrow('expected its bytes in { externalData }, found none');
  });

  test.each([
    '/etc/passwd',
    '../W.bin',
    'a/../../W.bin',
    '..',
    'C:\\W.bin',
    '\\\\host\\W.bin',
    'a\\..\\W.bin',
    'file:W',
    '',
  ])('in a file outside of the folder: %j', async (path) => {
    const externalData = { [path]: new Uint8Array(8) };
    const error = await fromOnnx(file(withW(outside(['location', path]))), { externalData }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toContain('in a file beside this one');
  });

  test.each([
    ['-8', '8'],
    ['0', '1e30'],
    ['4', '8'],
    ['x', '8'],
  ])('of bytes that its file has not: %s, %s', async (offset, length) => {
    const graph = withW(outside(['location', 'W.bin'], ['offset', offset], ['length', length]));
    const error = await fromOnnx(file(graph), { externalData: { 'W.bin': new Uint8Array(8) } }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(DataError);
  });
});

describe('long graphs', () => {
  const chain = (length: number, op: (i: number) => NodeMessage): GraphMessage => ({
    ...{ input: [value('x0', 'N', 2)], output: [value(`x${length}`, 'N', 2)], initializer: [] },
    node: Array.from({ length }, (_, i) => op(i)),
  });
  const unary =
    (opType: string) =>
    (i: number): NodeMessage =>
      node(opType, [`x${i}`], [`x${i + 1}`]);

  test.each(['Relu', 'Identity', 'Erf'])('of 5000 nodes of %s end in time', async (op) => {
    const outcome = await read(chain(5000, unary(op))).catch((error: unknown) => error);
    if (op === 'Relu') expect(outcome).toMatchObject({ parameters: {} });
    else expect(outcome).toBeInstanceOf(DataError);
  });

  test('of more nodes are refused', async () => {
    await expect(read(chain(5001, unary('Relu')))).rejects.toThrow('at most 5000 nodes, found 5001');
  });

  test('whose values double with every node end in time', async () => {
    const graph = chain(1500, (i) => node('Add', [`x${i}`, `x${i}`], [`x${i + 1}`]));
    const error = await read(graph).catch((error: unknown) => error);
    expect(error === undefined || error instanceof DataError || typeof error === 'object').toBe(true);
  });

  test('whose samples grow with every node are refused before they cannot be counted', async () => {
    const graph = chain(60, (i) => ({
      ...node('Concat', [`x${i}`, `x${i}`], [`x${i + 1}`]),
      attribute: [{ name: 'axis', i: 1, type: ATTRIBUTE_TYPES.int }],
    }));
    const error = await read(graph).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toContain('samples that can be counted');
  });
});

describe('bytes', () => {
  /** A field of the model: its number and wire type, then bytes. */
  const field = (number: number, wire: number, ...bytes: number[]): number[] => [8 * number + wire, ...bytes];

  test.each<[string, number[], RegExp]>([
    ['a number without an end', field(1, 0, 255, 255), /byte 1: expected the rest of a number, found the end/],
    ['a number of eleven bytes', field(1, 0, ...new Array(10).fill(255), 1), /at most 10 bytes/],
    ['a length beyond the end', field(7, 2, 100), /a length of at most 0 bytes, found 100/],
    ['a length of 2⁶³', field(7, 2, ...new Array(9).fill(128), 1), /a length of at most 0 bytes, found -92/],
    ['a group', field(3, 3), /producerVersion as wire type 2, found 3/],
    ['a group of an unknown field', field(9, 3), /wire type 0, 1, 2 or 5, found 3/],
    ['a field of number 0', [2, 0], /the number of a field, found 0/],
    ['a text that is no UTF-8', field(2, 2, 1, 255), /producerName in UTF-8/],
    ['four bytes of which three are there', field(9, 5, 1, 2, 3), /expected 4 bytes, found 3/],
    ['two graphs', [...field(7, 2, 0), ...field(7, 2, 0)], /graph once/],
  ])('%s', async (_name, bytes, message) => {
    const error = await fromOnnx(Uint8Array.from(bytes)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(message);
  });

  test('graphs in graphs, deeper than any', async () => {
    let graph: GraphMessage = dense;
    for (let i = 0; i < 40; i++)
      graph = { ...dense, node: [{ ...node('If', ['x'], ['y']), attribute: [{ name: 'then_branch', g: graph }] }] };
    await expect(read(graph)).rejects.toThrow('messages nested at most 32 deep');
  });
});
