/** The list of the losses: it has all of them, and says of each what the loss says itself. */
import { expect, test } from 'vitest';
import * as library from '../../../src/index.node.ts';
import * as own from '../../../src/nn/losses/index.ts';
import { type LossName, losses } from '../../../src/nn/losses/registry.ts';

const functions = new Map(Object.entries(own).filter(([name]) => name !== 'lossFunction'));

test('has every loss, and the library exports each', () => {
  expect(Object.keys(losses).sort()).toEqual([...functions.keys()].sort());
  expect(Object.keys(library)).toEqual(expect.arrayContaining(Object.keys(losses)));
});

test.each(Object.keys(losses) as LossName[])('%s', async (name) => {
  const { facts, load } = losses[name];
  const make = await load();
  expect(make).toBe(functions.get(name));
  expect(make()).toMatchObject({
    ...{ name, question: facts.question, threshold: facts.threshold, settings: {} },
    prediction: facts.prediction.activation,
  });
  expect(facts.name).toBe(name);
});
