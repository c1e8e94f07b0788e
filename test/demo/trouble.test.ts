/** When the page says that a run gets nowhere. The series of losses are those of runs on generated digits, 784-32-10, batch 50. */
import { describe, expect, test } from 'vitest';
import { type Config, usual } from '../../demo/mnist/config.ts';
import { troubleOf } from '../../demo/mnist/page/training/trouble.ts';

type Point = readonly [step: number, loss: number, accuracy: number];

const run = (change: Partial<Config>, points: readonly Point[], rateSince = 0) =>
  troubleOf({
    config: { ...usual, ...change },
    evaluations: points.map(([step, loss, accuracy], i) => ({ step, seconds: i, loss, accuracy })),
    rateSince,
  });

const START: Point = [0, 2.46, 0.15];
const adam50: Point[] = [START, [2, 1000, 0.1], [398, 299.4, 0.1], [1200, 257.3, 0.11], [1398, 290.4, 0.11]];
const relu: Config['hidden'] = [{ kind: 'dense', units: 32, activation: 'relu' }];

describe('a run that gets nowhere', () => {
  test.each<[name: string, config: Partial<Config>, points: Point[], word: string, says: RegExp]>([
    [
      'Adam at 50',
      { learningRate: 50 },
      adam50,
      'Diverging',
      /risen from 2.4600 to 290.40.*11 %.*50 is too high.*0\.001/,
    ],
    [
      'Adam at 100',
      { learningRate: 100 },
      [START, [600, 912, 0.14], [1000, 1062, 0.13], [1745, 1183, 0.14]],
      'Diverging',
      /100 is too high/,
    ],
    [
      'SGD at 50',
      { optimizer: 'sgd', learningRate: 50 },
      [START, [2, 57.94, 0.1], [195, 82.74, 0.1], [539, 48.77, 0.1]],
      'Diverging',
      /50 is too high.*to 0\.5/,
    ],
    [
      'a linear net at 50, though much is right',
      { hidden: [], learningRate: 50 },
      [
        [0, 2.398, 0.09],
        [1000, 1380, 0.74],
        [2512, 1391, 0.79],
        [4200, 1329, 0.83],
      ],
      'Diverging',
      /83 %/,
    ],
    [
      'quadratic loss at 50, all outputs 0',
      { loss: 'quadratic', learningRate: 50 },
      [
        [0, 1.047, 0.15],
        [1192, 0.5, 0.1],
        [1600, 0.5, 0.1],
        [1917, 0.5, 0.1],
      ],
      'Not learning',
      /the steps change nothing.*50 is high for Adam: try 0\.001/,
    ],
    [
      'ReLU at 1',
      { hidden: relu, learningRate: 1 },
      [
        [0, 2.424, 0.11],
        [554, 2.376, 0.1],
        [1172, 2.407, 0.1],
        [1732, 2.38, 0.1],
        [2232, 2.382, 0.1],
      ],
      'Not learning',
      /2\.3820 and does not fall.*Guessing gives a loss of 2\.3026 and 10 %.*1 is high for Adam/,
    ],
    [
      'SGD at 10 with ReLU',
      { hidden: relu, optimizer: 'sgd', learningRate: 10 },
      [
        [0, 2.424, 0.11],
        [600, 2.431, 0.1],
        [1200, 2.398, 0.1],
        [1472, 2.341, 0.1],
        [1800, 2.397, 0.1],
      ],
      'Not learning',
      /10 is high for SGD/,
    ],
    [
      'a rate too small to change a float',
      { learningRate: 1e-12 },
      [START, [569, 2.46, 0.15], [1189, 2.46, 0.15], [1726, 2.46, 0.15]],
      'Not learning',
      /same loss, 2\.4600.*1e-12 is low for Adam: try 0\.001/,
    ],
    [
      'six layers of sigmoid',
      { hidden: Array.from({ length: 6 }, () => usual.hidden[0]), optimizer: 'sgd', learningRate: 0.5 },
      [
        [0, 2.666, 0.1],
        [400, 2.304, 0.1],
        [800, 2.305, 0.1],
        [1200, 2.304, 0.1],
      ],
      'Not learning',
      /many sigmoid layers/,
    ],
    [
      'a loss that is no number',
      { learningRate: 100 },
      [START, [300, Number.NaN, 0.1]],
      'Diverging',
      /no longer a number/,
    ],
  ])('%s', (_, config, points, word, says) => {
    const trouble = run(config, points);
    expect(trouble?.word).toBe(word);
    expect(trouble?.sentence.replaceAll('\u00a0', ' ')).toMatch(says);
  });

  test('a learning rate of 0, before the first step already and whatever came before', () => {
    expect(run({ learningRate: 0 }, [START])?.sentence).toMatch(/is 0.*steps do not change the weights.*0\.001/);
    expect(run({ learningRate: 0 }, [START, [900, 0.1, 0.97]], 900)?.word).toBe('Not learning');
  });

  test('a rate that ruins a net which had learnt', () => {
    const learnt: Point[] = [START, [800, 0.2, 0.94], [1200, 0.16, 0.95]];
    const ruined: Point[] = [
      [1300, 240, 0.1],
      [1700, 260, 0.1],
      [2100, 250, 0.1],
    ];
    expect(run({ learningRate: 50 }, [...learnt, ...ruined], 1200)?.sentence).toMatch(/from 0\.1600 to 250/);
  });
});

describe('nothing is said', () => {
  test.each<[name: string, config: Partial<Config>, points: Point[], rateSince?: number]>([
    [
      'of the usual run',
      {},
      [START, [400, 0.3705, 0.9], [1200, 0.1904, 0.94], [1719, 0.1598, 0.95], [2326, 0.1486, 0.95]],
    ],
    ['before there is enough to judge by', { learningRate: 50 }, adam50.slice(0, 3)],
    ['of single steps', {}, [START, [1, 2.45, 0.15], [2, 2.44, 0.15], [3, 2.43, 0.15], [4, 2.43, 0.15]]],
    [
      'of a slow beginning that falls',
      { learningRate: 1e-5 },
      [START, [300, 2.41, 0.16], [600, 2.36, 0.18], [900, 2.31, 0.2], [1200, 2.26, 0.23]],
    ],
    [
      'of a high loss on its way down',
      { loss: 'binaryCrossEntropy' },
      [
        [0, 6.047, 0.15],
        [20, 5.6, 0.15],
        [200, 5.1, 0.15],
        [400, 4.6, 0.16],
      ],
    ],
    ['of a net that has learnt and holds', {}, [START, [9000, 0.131, 0.96], [9500, 0.131, 0.96], [9900, 0.131, 0.96]]],
    [
      'of a test loss that rises as a net overfits',
      {},
      [START, [9000, 0.3, 0.95], [20000, 0.5, 0.95], [40000, 0.8, 0.95]],
    ],
    ['right after the rate was set anew', {}, adam50, 1398],
    ['after good weights were loaded', { learningRate: 50 }, [...adam50, [1398, 0.15, 0.95]]],
  ])('%s', (_, config, points, rateSince) => {
    expect(run(config, points, rateSince)).toBeUndefined();
  });
});
