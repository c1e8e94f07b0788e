import { expect, test } from 'vitest';
import { DataError, formatParameters, parseParameters } from '../src/index.ts';

const random = (shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i) * 10 ** (i % 9)),
});

test('text and parameters turn into each other bit by bit', () => {
  // More bytes than are turned at a time, views into larger buffers, and counts that are no multiples of three.
  const view = { shape: [3], data: new Float32Array([9, 1 / 3, -0, 1e-40, 9]).subarray(1, 4) };
  const parameters = { 'layers.0.weight': random([100, 784]), 'layers.0.bias': random([7]), view };
  const text = formatParameters(parameters);
  expect(text.split('\n')).toHaveLength(3 + 3);
  expect(JSON.parse(text)['layers.0.bias']).toEqual({
    shape: [7],
    data: btoa(String.fromCharCode(...new Uint8Array(parameters['layers.0.bias'].data.buffer))),
  });
  expect(parseParameters(text, parameters)).toEqual(parameters);
});

test('what is no base64 is refused by name', () => {
  const parameters = { bias: random([1]) };
  const text = '{"bias":{"shape":[1],"data":"?"}}';
  expect(() => parseParameters(text, parameters, 'mine.json')).toThrow(
    new DataError('mine.json: bias.data: expected base64, found other characters'),
  );
});
