/** Learning curves as files: what is in them, and what is left of them after a crash. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { digits } from '../../src/data/index.ts';
import {
  ArgumentError,
  compile,
  DataError,
  dense,
  type EpochResult,
  formatLog,
  logTo,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { platform } from '../../src/platform/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'retrograd-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(at(name), 'utf8');

const result = (epoch: number, more: Partial<EpochResult> = {}): EpochResult => ({
  epoch,
  trainLoss: 1 / epoch,
  seconds: 0.5,
  samplesPerSecond: 100,
  ...more,
});
const validation = {
  loss: 0.25,
  accuracy: 0.75,
  count: 8,
  metrics: {
    f1: 0.5,
    confusion: {
      counts: [
        [1, 0],
        [2, 3],
      ],
    },
  },
};

describe('formatLog', () => {
  test('CSV has a column per number, JSON lines have everything', () => {
    const history = [result(1, { validation, best: 1 }), result(2, { validation, best: 1 })];
    expect(formatLog(history, 'csv')).toBe(
      [
        'epoch,trainLoss,seconds,samplesPerSecond,validation.loss,validation.accuracy,validation.count,validation.metrics.f1,best',
        '1,1,0.5,100,0.25,0.75,8,0.5,1',
        '2,0.5,0.5,100,0.25,0.75,8,0.5,1',
        '',
      ].join('\n'),
    );
    const lines = formatLog(history, 'jsonl').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(history);
  });

  test('epochs are counted on from those before', () => {
    expect(formatLog([result(1, { best: 0 })], 'csv', { after: 7 })).toContain('\n8,1,0.5,100,7\n');
    expect(formatLog([], 'csv')).toBe('');
  });

  test('what it cannot format is told', () => {
    expect(() => formatLog([], 'tsv' as never)).toThrow("formatLog: expected the format 'csv' or 'jsonl'");
    expect(() => formatLog('x' as never, 'csv')).toThrow(ArgumentError);
    expect(() => formatLog([], 'csv', { after: -1 })).toThrow('after must be an integer ≥ 0');
  });
});

describe.each(['csv', 'jsonl'] as const)('logTo a file of %s', (format) => {
  const epochs = (name: string): number[] => {
    const lines = text(name)
      .trimEnd()
      .split('\n')
      .slice(format === 'csv' ? 1 : 0);
    return lines.map((line) => Number(format === 'csv' ? line.split(',')[0] : JSON.parse(line).epoch));
  };
  const logged = async (name: string, after: number | undefined, count: number): Promise<void> => {
    const log = logTo(at(name), { after });
    for (let epoch = 1; epoch <= count; epoch++) await log(result(epoch));
  };

  test('is what formatLog gives, line by line, whoever waits', async () => {
    const log = logTo(at(`whole.${format}`));
    const history = [1, 2, 3].map((epoch) => result(epoch, { validation, best: 1 }));
    await Promise.all(history.map(log));
    expect(text(`whole.${format}`)).toBe(formatLog(history, format));
  });

  test('starts anew, and goes on where it is told to', async () => {
    const name = `again.${format}`;
    await logged(name, undefined, 5);
    await logged(name, undefined, 3);
    expect(epochs(name)).toEqual([1, 2, 3]);
    // The run crashed after its third epoch, and is resumed from a file that was saved after the second.
    appendFileSync(at(name), format === 'csv' ? '4,0.2' : '{"epoch":4,"trainL');
    await logged(name, 2, 2);
    expect(epochs(name)).toEqual([1, 2, 3, 4]);
    expect(text(name).endsWith('\n')).toBe(true);
    await logged(name, 4, 1);
    expect(epochs(name)).toEqual([1, 2, 3, 4, 5]);
  });

  test('counts on over the fits of one log, and where there is no file yet', async () => {
    const log = logTo(at(`fits.${format}`), { after: 10 });
    for (const epoch of [1, 2, 1, 2, 3]) await log(result(epoch));
    expect(epochs(`fits.${format}`)).toEqual([11, 12, 13, 14, 15]);
  });

  test('is not touched before the first epoch', () => {
    logTo(at(`never.${format}`));
    expect(existsSync(at(`never.${format}`))).toBe(false);
  });
});

test('a CSV file with other columns is left as it is', async () => {
  writeFileSync(at('other.csv'), 'epoch,loss\n1,0.5\n');
  await expect(logTo(at('other.csv'), { after: 1 })(result(1))).rejects.toThrow(DataError);
  expect(text('other.csv')).toBe('epoch,loss\n1,0.5\n');
  const log = logTo(at('more.csv'));
  await log(result(1));
  await expect(log(result(2, { best: 1 }))).rejects.toThrow('best is no column of epoch,trainLoss,seconds');
  expect(text('more.csv').split('\n')).toHaveLength(3);
});

test('a place that takes no file is told, and so is a path without a format', async () => {
  writeFileSync(at('file'), '');
  await expect(logTo(at('file/run.csv'))(result(1))).rejects.toThrow('cannot be written');
  expect(() => logTo(at('run.txt'))).toThrow(ArgumentError);
  expect(() => logTo(at('run.txt'), { format: 'csv' })).not.toThrow();
  expect(() => logTo(3 as never)).toThrow('logTo: expected a path, found 3');
  const { files } = platform;
  platform.files = undefined;
  try {
    expect(() => logTo('run.csv')).toThrow('a browser has no file system');
  } finally {
    platform.files = files;
  }
});

test('a fit logs itself', async () => {
  const { train, test: heldOut } = digits({ train: 20, test: 10 });
  const model = sequential([784], [dense(10)]);
  const options = {
    device: 'cpu',
    batch: 10,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
  } as const;
  const net = await compile(model, options);
  const history = await net.fit(train, { epochs: 2, validation: heldOut, onEpoch: logTo(at('fit.csv')) });
  expect(text('fit.csv')).toBe(formatLog(history, 'csv'));
  net.destroy();
});
