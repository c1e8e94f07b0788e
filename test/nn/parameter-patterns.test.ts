/** Patterns of parameter keys. */
import { expect, test } from 'vitest';
import { matching, valuesByKey } from '../../src/nn/parameter-patterns.ts';

const keys = ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.10.weight', 'layers.10.bias'];

test.each([
  ['a whole key', ['layers.1.weight'], ['layers.1.weight']],
  ['a layer, and not one whose number begins so', ['layers.1.*'], ['layers.1.weight']],
  ['an end', ['*.bias'], ['layers.0.bias', 'layers.10.bias']],
  ['stars at both ends', ['*0.w*'], ['layers.0.weight', 'layers.10.weight']],
  ['a star for nothing', ['layers.1*.weight*'], ['layers.1.weight', 'layers.10.weight']],
  ['all', ['*'], keys],
  ['two stars as one', ['**bias'], ['layers.0.bias', 'layers.10.bias']],
  [
    'several patterns, in the order of the keys, each once',
    ['*.bias', 'layers.0.*'],
    ['layers.0.weight', 'layers.0.bias', 'layers.10.bias'],
  ],
  ['none', [], []],
])('%s', (_what, patterns, expected) => {
  expect(matching('freeze', patterns, keys)).toEqual(expected);
});

test.each([
  ['parts that would overlap', 'ab*ba', ['aba', 'abba', 'ab-ba', 'abab'], ['abba', 'ab-ba']],
  ['the end is the last of its kind', 'a*b', ['abcb', 'abc'], ['abcb']],
  ['a part in the middle before the end', 'x*b*b', ['xb', 'xbb', 'x-b-b'], ['xbb', 'x-b-b']],
  ['many stars', `${'a*'.repeat(30)}b`, [`${'a'.repeat(60)}b`, 'a'.repeat(60)], [`${'a'.repeat(60)}b`]],
])('%s', (_what, pattern, among, expected) => {
  expect(matching('freeze', [pattern], among)).toEqual(expected);
});

test.each([
  ['a dot stands for itself', ['layersx0.weight']],
  ['a part of a key is none', ['layers.0']],
  ['other case', ['Layers.0.*']],
  ['signs of regular expressions are letters', ['layers.(0|1).weight']],
  ['the empty text', ['']],
  ['one of several', ['*.bias', 'layers.7.*']],
])('%s: a pattern that matches nothing is refused, with the keys', (_what, patterns) => {
  expect(() => matching('freeze', patterns, keys)).toThrow(
    `freeze: ${JSON.stringify(patterns.at(-1))} matches no parameter; there are:\n  layers.0.weight\n  layers.0.bias`,
  );
});

test.each([
  ['a text', 'layers.0.*', 'freeze must be a list of patterns'],
  ['nothing', undefined, 'freeze must be a list of patterns'],
  ['a number among them', ['*', 3], "freeze: expected a pattern such as 'layers.0.*', found 3"],
  ['a hole', new Array(1), "freeze: expected a pattern such as 'layers.0.*', found undefined"],
])('%s is refused', (_what, patterns, message) => {
  expect(() => matching('freeze', patterns, keys)).toThrow(message);
});

test('values by pattern: the last pattern that matches counts', () => {
  const values = valuesByKey('learningRates', { 'layers.*': 0.1, '*.bias': 2, 'layers.10.bias': 0 }, keys);
  expect([...values]).toEqual([
    ['layers.0.weight', 0.1],
    ['layers.0.bias', 2],
    ['layers.1.weight', 0.1],
    ['layers.10.weight', 0.1],
    ['layers.10.bias', 0],
  ]);
  expect(valuesByKey('learningRates', { '*.bias': 1 }, keys).size).toBe(2);
  expect(() => valuesByKey('learningRates', { nothing: 1 }, keys)).toThrow('"nothing" matches no parameter');
  expect(() => valuesByKey('learningRates', ['*'] as never, keys)).toThrow('learningRates must be an object');
});
