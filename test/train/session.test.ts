/** The rows of training steps, one after another: what each tells a step of the updates around it. */
import { expect, test } from 'vitest';
import { adam, type Optimizer, sgd, stepDecay } from '../../src/index.node.ts';
import { giveBack, NOTHING, nextRow, type Session, startAfresh, takeRow } from '../../src/train/session.ts';

const session = (accumulate: number, optimizer: Optimizer): Session =>
  ({
    update: { accumulate },
    optimizer,
    learningRate: optimizer.learningRate,
    seed: 1,
    steps: 0,
    updates: 0,
    epochs: 0,
    pending: NOTHING,
    program: { setFlags() {} } as Partial<Session['program']> as Session['program'],
  }) as Partial<Session> as Session;

const reciprocal = (n: number) => Math.fround(1 / n);

test('gradients of three batches make an update, and so do the one or two at the end of an epoch', () => {
  const at = session(3, sgd({ learningRate: 1 }));
  // Two epochs of four batches, the last of them with 5 samples.
  const batches = [8, 8, 8, 5, 8, 8, 8, 5];
  const rows = batches.map((columns, i) => takeRow(at, { columns }, i % 4 === 3));
  expect(rows.map(({ fresh }) => fresh)).toEqual([1, 0, 0, 1, 1, 0, 0, 1]);
  expect(rows.map(({ due }) => due)).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  expect(rows.map(({ share }) => share)).toEqual([8, 16, 24, 5, 8, 16, 24, 5].map(reciprocal));
  expect(at).toMatchObject({ steps: 8, updates: 4, pending: { steps: 0, samples: 0 } });
});

test('one batch makes an update unless told otherwise', () => {
  const at = session(1, sgd({ learningRate: 1 }));
  for (const columns of [8, 5]) {
    expect(takeRow(at, { columns })).toMatchObject({ fresh: 1, due: 1, share: reciprocal(columns) });
  }
  expect(at).toMatchObject({ steps: 2, updates: 2 });
});

test('learning rate and bias corrections count updates, the random key counts steps', () => {
  const schedule = stepDecay({ from: 1, factor: 0.5, every: 1 });
  const at = session(2, adam({ learningRate: schedule, beta1: 0.5, beta2: 0.75 }));
  const rows = [1, 2, 3, 4].map(() => takeRow(at, { columns: 8 }));
  expect(rows.map(({ learningRate }) => learningRate)).toEqual([1, 1, 0.5, 0.5]);
  expect(rows.map(({ update }) => update)).toEqual([1, 1, 2, 2]);
  expect(rows.map(({ correction1 }) => correction1)).toEqual([2, 2, 4 / 3, 4 / 3].map(Math.fround));
  expect(rows.map(({ correction2 }) => correction2)).toEqual(
    [4, 4, 16 / 7, 16 / 7].map((square) => Math.fround(Math.sqrt(square))),
  );
  expect(new Set(rows.map(({ random }) => random)).size).toBe(4);
});

test('looking at the next row counts nothing, and other parameters wait for nothing', () => {
  const at = session(3, sgd({ learningRate: 1 }));
  takeRow(at, { columns: 8 });
  const next = nextRow(at, { columns: 5 });
  expect(next).toMatchObject({ fresh: 0, due: 0, share: reciprocal(13) });
  expect(nextRow(at, { columns: 5 })).toEqual(next);
  startAfresh(at);
  expect(nextRow(at, { columns: 5 })).toMatchObject({ fresh: 1, due: 0, share: reciprocal(5) });
});

test('a refused step takes what counts from it back as well', () => {
  const at = { ...session(1, sgd({ learningRate: 1 })), update: { average: 0.9 }, stepsBefore: 0, averageFrom: 0 };
  takeRow(at, { columns: 8 });
  const rows = [takeRow(at, { columns: 8 })];
  // Tensors are those of steps from here on, and so are the weights of the average.
  Object.assign(at, { stepsBefore: at.steps, averageFrom: at.updates });
  giveBack(at, rows);
  expect(at).toMatchObject({ steps: 1, updates: 1, stepsBefore: 1, averageFrom: 1 });
  expect(nextRow(at, { columns: 8 }).retained).toBe(0);
});
