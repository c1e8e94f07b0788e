/** What metrics refuse, and how their results are printed. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  ArgumentError,
  accuracy,
  auc,
  compile,
  confusion,
  dense,
  exactMatch,
  type LossFunction,
  type Metric,
  meanAbsoluteError,
  meanSquared,
  precisionRecallF1,
  printConfusion,
  printScores,
  rSquared,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  topK,
} from '../../src/index.node.ts';
import { areaUnder } from '../../src/metrics/auc.ts';

const labels = fromArrays({ x: [1, 2], y: [0, 1], classes: 2, shape: [1], name: 'coins' });
const values = fromArrays({
  x: [1, 2],
  y: [
    [0, 1],
    [1, 0],
  ],
  shape: [1],
  name: 'pairs',
});

const refused = async (dataset: typeof labels, loss: LossFunction, metrics: unknown): Promise<string> => {
  const optimizer = sgd({ learningRate: 0 });
  const net = await compile(sequential([1], [dense(2)]), { device: 'cpu', batch: 1, loss, optimizer });
  const error = await net.evaluate(dataset, { metrics: metrics as Metric[] }).then(String, (error) => error);
  const fit = net.fit(dataset, { epochs: 1, validation: dataset, metrics: metrics as Metric[] });
  await expect(fit).rejects.toThrow(ArgumentError);
  net.destroy();
  expect(error).toBeInstanceOf(ArgumentError);
  return error.message;
};

describe('a metric that does not go with targets and loss', () => {
  test.each([
    [
      rSquared(),
      labels,
      softmaxCrossEntropy(),
      'rSquared() needs values as targets, found coins with labels of 2 classes',
    ],
    [meanAbsoluteError(), labels, softmaxCrossEntropy(), 'meanAbsoluteError() needs values as targets'],
    [auc(), values, meanSquared(), 'auc() needs classes, found pairs with 2 target values and meanSquared'],
    [precisionRecallF1(), values, meanSquared(), 'precisionRecallF1() needs classes'],
    [accuracy(), values, meanSquared(), 'accuracy() needs classes'],
    [exactMatch(), labels, sigmoidCrossEntropy(), 'exactMatch() needs values under sigmoidCrossEntropy'],
    [confusion(), values, sigmoidCrossEntropy(), 'confusion() needs one class per sample'],
    [topK(1), values, sigmoidCrossEntropy(), 'topK(1) needs one class per sample'],
    [topK(2), labels, softmaxCrossEntropy(), 'topK(2) needs more than 2 classes'],
  ] as const)('%# is an ArgumentError', async (metric, dataset, loss, message) => {
    expect(await refused(dataset, loss, [metric])).toContain(message);
  });
});

test('what is no list of metrics is an ArgumentError', async () => {
  const loss = softmaxCrossEntropy();
  expect(await refused(labels, loss, ['accuracy'])).toBe(
    'evaluate: metrics[0] must be a metric such as topK(5), found "accuracy"',
  );
  expect(await refused(labels, loss, accuracy())).toMatch(/metrics must be a list such as \[topK\(5\)\], found/);
  expect(await refused(labels, loss, [precisionRecallF1(), precisionRecallF1({ average: 'micro' })])).toBe(
    "evaluate: metrics: precisionRecallF1() and precisionRecallF1({ average: 'micro' }) both give precision",
  );
});

test('options that no metric has are ArgumentErrors', () => {
  expect(() => topK(0)).toThrow('topK: k must be a positive integer, found 0');
  expect(() => precisionRecallF1({ average: 'mean' as never })).toThrow("must be 'macro', 'micro' or 'weighted'");
  expect(() => precisionRecallF1({ averages: 'macro' } as never)).toThrow(ArgumentError);
});

test('an area under the curve is by hand what it is by ranks', () => {
  const is = (members: readonly number[]) => (i: number) => members.includes(i);
  expect(areaUnder(Float32Array.of(0.1, 0.4, 0.35, 0.8), is([2, 3]))).toBe(0.75); // the example of scikit-learn
  expect(areaUnder(Float32Array.of(1, 1, 1), is([0]))).toBe(0.5);
  expect(areaUnder(Float32Array.of(1, 2), is([0]))).toBe(0);
  expect(areaUnder(Float32Array.of(1, 2), is([]))).toBeNaN();
});

test('a confusion matrix is printed with the names of its classes', () => {
  const counts = [
    [90, 5],
    [3, 102],
  ];
  expect(printConfusion({ classes: ['no', 'yes\n'], counts })).toBe(
    ['class \\ said  no  yes\\n', 'no            90      5', 'yes\\n          3    102'].join('\n'),
  );
});

test('scores are printed per class and averaged', () => {
  const scores = (value: number) => ({ precision: value, recall: value / 2, f1: value / 4 });
  const perClass = [
    { name: 'cat', ...scores(1), support: 10 },
    { name: 'dog', ...scores(0.5), support: 2 },
  ];
  const averages = { macro: scores(0.75), weighted: scores(0.9), micro: scores(0.8) };
  expect(printScores({ perClass, averages })).toBe(
    [
      'class             precision  recall     F1  support',
      'cat                   1.000   0.500  0.250       10',
      'dog                   0.500   0.250  0.125        2',
      'macro average         0.750   0.375  0.188',
      'weighted average      0.900   0.450  0.225',
      'micro average         0.800   0.400  0.200',
    ].join('\n'),
  );
});
