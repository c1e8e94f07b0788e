/** The name that a misspelt one probably stands for, or none. */
import { expect, test } from 'vitest';
import { nearest } from '../../src/base/nearest.ts';

const names = ['batch', 'epochs', 'onEpoch', 'learningRate', 'weightDecay', 'beta1', 'scale', 'x', 'y'];

test.each([
  ['a letter too many', 'batches', 'batch'],
  ['a letter too few', 'epoch', 'epochs'],
  ['two letters swapped', 'sclae', 'scale'],
  ['other letters', 'waitDecay', 'weightDecay'],
  ['three edits of eleven', 'weigtDekey', 'weightDecay'],
  ['other case', 'onepoch', 'onEpoch'],
  ['words joined in another way', 'learning_rate', 'learningRate'],
  ['a longer name', 'batchSize', 'batch'],
  ['a shorter one', 'learning', 'learningRate'],
  ['a name without its number', 'beta', 'beta1'],
])('%s: %s is meant to be %s', (_what, word, name) => {
  expect(nearest(word, names)).toBe(name);
});

test.each([
  ['another word', 'momentum'],
  ['four edits', 'wghtdcy'],
  ['more than half of a short word', 'sails'],
  ['a letter', 'z'],
  ['the start of a word, of two letters', 'le'],
  ['nothing', ''],
  ['a text of any length', 'z'.repeat(1e6)],
])('%s is near no name', (_what, word) => {
  expect(nearest(word, names)).toBeUndefined();
});

test('of several, the nearest is meant', () => {
  expect(nearest('bate', ['date1', 'bat', 'rates'])).toBe('bat');
  expect(nearest('stepps', ['stop', 'strips', 'steps'])).toBe('steps');
});

test('of no names, none is meant', () => {
  expect(nearest('batch', [])).toBeUndefined();
});
