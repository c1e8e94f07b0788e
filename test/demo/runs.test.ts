/** The tab of runs without a page: what runs are called, the values of their table, its order, and its file. */
import { describe, expect, test } from 'vitest';
import { type Config, fromHash, usual, write } from '../../demo/mnist/config.ts';
import { csv } from '../../demo/mnist/page/runs/csv.ts';
import { tableAsCsv } from '../../demo/mnist/page/runs/export.ts';
import { columnsOf, type RunView, sorted } from '../../demo/mnist/page/runs/run-columns.ts';
import { namesOf } from '../../demo/mnist/page/runs/run-names.ts';

const settingsOf = (change: Partial<Config> = {}) => write({ ...usual, ...change });
const named = (...all: Partial<Config>[]) => namesOf(all.map(settingsOf));

describe('runs are called by what differs between them', () => {
  test('optimizer and rate together, layers, and whatever else, with its key', () => {
    expect(named({}, { optimizer: 'sgd', learningRate: 0.5 })).toEqual(['Adam 0.005', 'SGD 0.5']);
    expect(named({}, { learningRate: 0.01 })).toEqual(['Adam 0.005', 'Adam 0.01']);
    const { hidden } = fromHash('#hidden=100:relu,50:tanh');
    expect(named({}, { hidden }, { hidden: [] })).toEqual(['32 sigmoid', '100 relu → 50 tanh', 'no hidden layer']);
    expect(named({}, { data: 'mnist', loss: 'quadratic', seed: 2 })).toEqual([
      'Generated digits, softmax + cross-entropy, seed 1',
      'MNIST, quadratic, ½ Σ(a − y)², seed 2',
    ]);
    expect(named({}, { optimizer: 'sgd', batch: 10 })).toEqual(['Adam 0.005, batch 50', 'SGD 0.005, batch 10']);
  });

  test('by what they mainly are where nothing differs, and counted', () => {
    expect(named({})).toEqual(['Adam 0.005, 32 sigmoid']);
    expect(named({}, { seed: 2 }, {})).toEqual(['seed 1 (1)', 'seed 2', 'seed 1 (2)']);
    expect(named({}, {})).toEqual(['Adam 0.005, 32 sigmoid (1)', 'Adam 0.005, 32 sigmoid (2)']);
    expect(namesOf([])).toEqual([]);
  });

  test('an entry that one of them does not have, or that is not known, is said as it is', () => {
    expect(namesOf([{ a: '1', weightDecay: '0.1' }, { a: '1' }])).toEqual(['weight decay 0.1', 'weight decay none']);
    expect(namesOf([{ optimizer: 'lion' }, { optimizer: 'sgd' }])).toEqual(['lion', 'SGD']);
  });
});

const evaluated = (step: number, accuracy: number) => ({ step, seconds: step / 50, loss: 0.5, accuracy });
const run = (id: string, change: Partial<RunView> = {}): RunView => ({
  ...{ id, began: Date.UTC(2030, 0, 2), settings: settingsOf(), machine: 'a GPU', samples: 10000, parameters: 25450 },
  curves: { losses: [], evaluations: [evaluated(0, 0.1), evaluated(100, 0.93), evaluated(300, 0.91)] },
  ...{ isNow: false, hasWeights: true, ...change },
});
const table = (...runs: RunView[]) => {
  const columns = columnsOf(runs);
  return runs.map((of) => Object.fromEntries(columns.map((column) => [column.fileTitle, column.value(of)])));
};

test('the table has the best accuracy, the time to it, and what a step took', () => {
  const progress = {
    ...{ step: 400, seconds: 10, epoch: 2, stepOfEpoch: 200, stepsOfEpoch: 200, loss: 1, samplesPerSecond: 1 },
  };
  const [first, second] = table(
    run('a'),
    run('b', { curves: { losses: [progress], evaluations: [] }, settings: settingsOf({ optimizer: 'sgd' }) }),
  );
  expect(first).toMatchObject({
    ...{ 'best test accuracy': 0.93, 'seconds to 90 %': 2, 'seconds to 95 %': undefined, 'seconds to 99 %': undefined },
    ...{ steps: 300, seconds: 6, 'milliseconds per step': 20, parameters: 25450, 'training samples': 10000 },
    ...{ hidden: '32:sigmoid', optimizer: 'adam', learningRate: 0.005, batch: 50, machine: 'a GPU' },
  });
  expect(second).toMatchObject({ 'best test accuracy': undefined, steps: 400, 'milliseconds per step': 25 });
  const texts = columnsOf([run('a')]).map((column) => column.text(column.value(run('a'))));
  expect(texts).toEqual(
    expect.arrayContaining(['93.00\u00a0%', '2.0\u00a0s', '20.0\u00a0ms', '25,450', 'Adam', '32 sigmoid', '—']),
  );
});

test('rows are sorted by number or by text, and those without a value come last', () => {
  const of = (values: (number | string | undefined)[], down = false) => sorted(values, (value) => value, down);
  expect(of([10, undefined, 9, 0])).toEqual([0, 9, 10, undefined]);
  expect(of([10, undefined, 9, 0], true)).toEqual([10, 9, 0, undefined]);
  expect(of(['run 10', 'Run 2', 'a'])).toEqual(['a', 'Run 2', 'run 10']);
  const rows = [run('a'), run('b'), run('c')];
  expect(sorted(rows, () => 1, true)).toEqual(rows);
});

describe('a file of comma-separated values', () => {
  test('quotes what needs it', () => {
    expect(csv([['a', 'b, c', 'say "x"', 'two\nlines', ' edge', 1.5, undefined]])).toBe(
      'a,"b, c","say ""x""","two\nlines"," edge",1.5,\r\n',
    );
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '  =1', '＝1'])('holds no formula: %j', (text) => {
    expect(csv([[text]])).toBe(`'${text}\r\n`);
    expect(csv([[-1]])).toBe('-1\r\n');
  });

  test('has a line for each run, with an address that gives its settings back', () => {
    const runs = [run('a'), run('b', { settings: settingsOf({ optimizer: 'sgd', seed: 7 }), machine: '=x' })];
    const names = namesOf(runs.map(({ settings }) => settings));
    const link = ({ settings }: RunView) => `http://page/#${new URLSearchParams(settings)}`;
    const text = tableAsCsv(runs, columnsOf(runs), ({ id }) => names[id === 'a' ? 0 : 1], link);
    const [head, first, second, end] = text.split('\r\n');
    expect(head).toMatch(/^run,began,best test accuracy,seconds to 90 %,.*,machine,link$/);
    expect(first).toMatch(/^"Adam 0.005, seed 1",2030-01-02T00:00:00.000Z,0.93,2,,,,,300,6,20,25450,32:sigmoid,/);
    expect(second).toContain(",'=x,http://page/#");
    expect(fromHash(second.slice(second.indexOf('#')))).toEqual({ ...usual, optimizer: 'sgd', seed: 7 });
    expect(end).toBe('');
  });
});
