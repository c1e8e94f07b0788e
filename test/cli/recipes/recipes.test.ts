/** Every recipe can be trained: what the sources are about and how near we come is for the command to find out. */
import { expect, test } from 'vitest';
import { type Recipe, recipes } from '../../../src/cli/recipes/index.ts';
import { digits } from '../../../src/data/index.ts';
import { find } from '../../../src/graph/graph.ts';
import { checkOutput } from '../../../src/nn/losses/loss.ts';
import { features, outputs } from '../../../src/nn/model.ts';
import { augmentationOf } from '../../../src/train/augmentation.ts';
import { trainingGraph } from '../../../src/train/graphs.ts';

test.each(Object.entries<Recipe>(recipes))('%s', (_name, { model, training, fit, published }) => {
  expect([features(model), outputs(model)]).toEqual([784, 10]);
  checkOutput(model, training.loss);
  const { graph, parameters } = trainingGraph({ model, ...training }, training.optimizer);
  for (const { node, trained } of parameters) expect(find(graph, `d${node.name}`) !== undefined).toBe(trained);
  const { train } = digits({ train: 1, test: 1 });
  if (fit?.augment) expect(augmentationOf(fit.augment, train, model.input, 'fit')).toBeDefined();
  expect(published.error).toBeGreaterThan(0);
});
