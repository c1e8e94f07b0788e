import { expect, test } from 'vitest';
import { fromArrays } from '../../src/data/arrays.ts';
import { fromSamples } from '../../src/data/from-samples.ts';
import { compile, dense, sequential, sgd, softmaxCrossEntropy } from '../../src/index.node.ts';

const pets = { x: [[1], [2], [3]], y: [0, 1, 0] };

test('a net has the class names of the data set that it was last trained on', async () => {
  const training = { loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) };
  const net = await compile(sequential([1], [dense(2)]), { device: 'cpu', batch: 2, ...training });
  expect(net.classNames).toBeUndefined();
  const known = fromArrays({ ...pets, classNames: ['cat', 'dog'] });
  await net.evaluate(known);
  expect(net.classNames).toBeUndefined();
  await net.fit(known, { epochs: 1 });
  expect(net.classNames).toEqual(['cat', 'dog']);
  const streamed = fromSamples((samples) => ({ x: samples, y: samples.map(() => 1) }), {
    ...{ count: 4, shape: [1], classes: 2, classNames: ['even', 'odd'] },
  });
  await net.fit(streamed, { epochs: 1 });
  expect(net.classNames).toEqual(['even', 'odd']);
  await net.fit(fromArrays(pets), { epochs: 1 });
  expect(net.classNames).toBeUndefined();
});
