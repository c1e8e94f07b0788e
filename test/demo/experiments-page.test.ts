/** What the tab of the experiments is computed by: addresses, texts, curves, bars and maps. */
import { describe, expect, test } from 'vitest';
import { experiments } from '../../demo/mnist/lab/experiments/table.ts';
import { bandsOf } from '../../demo/mnist/page/experiments/bands.ts';
import { barsOf } from '../../demo/mnist/page/experiments/bars.ts';
import { withNews } from '../../demo/mnist/page/experiments/courses.ts';
import { curvesOf } from '../../demo/mnist/page/experiments/curves.ts';
import { hashOf, readChosen } from '../../demo/mnist/page/experiments/experiments-address.ts';
import { piecesOf } from '../../demo/mnist/page/experiments/marked-text.ts';
import { terms } from '../../demo/mnist/page/glossary/terms.ts';

const look = (step: number, ...loss: number[]) => ({ step, values: { loss } });

test('an address names an experiment and a seed; what makes no sense is passed over', () => {
  for (const { id } of experiments) {
    expect(readChosen(hashOf({ show: id, seed: 2 }).replace('#/experiments?', ''))).toEqual({ show: id, seed: 2 });
  }
  expect(hashOf({ show: 'vanishing', seed: 1 })).toBe('#/experiments?show=vanishing');
  for (const text of ['', 'show=x&seed=-1', 'seed=1.5', 'seed=', 'seed=4294967296']) {
    expect(readChosen(text)).toEqual({ show: experiments[0].id, seed: 1 });
  }
});

test('marked words are terms, in their own form or another, and superscripts are raised', () => {
  expect(piecesOf('The [loss] of [batch|batches]: W^{T}')).toEqual([
    { text: 'The ' },
    { text: 'loss', of: 'loss' },
    { text: ' of ' },
    { text: 'batches', of: 'batch' },
    { text: ': W' },
    { text: 'T', isRaised: true },
  ]);
});

describe.each(experiments)('$id', ({ text, why, steps, every, sides, pictures, findings }) => {
  test('its words are in the glossary, and no equation comes before them', () => {
    const said = findings.map(({ says }) =>
      says(
        2,
        sides.map(() => ({ looks: [] })),
      ),
    );
    const marked = [...text, ...said, why].flatMap(piecesOf).flatMap(({ of }) => of ?? []);
    expect(marked.length).toBeGreaterThan(0);
    for (const word of marked) expect(Object.keys(terms)).toContain(word);
    expect(text.join(' ')).not.toMatch(/[δ∂σηλ=^]/);
  });

  test('it compares nets that end with a look, and claims something of each finding', () => {
    expect(steps % every).toBe(0);
    expect(sides.length).toBeGreaterThanOrEqual(2);
    expect(sides.length).toBeLessThanOrEqual(4);
    expect(pictures.length).toBeGreaterThan(0);
    for (const { claim } of findings) expect(Object.keys(claim).length).toBeGreaterThan(0);
  });
});

test('news goes on with the course of each net, and one that has stopped keeps what was seen of it', () => {
  const first = withNews([], [{ look: look(0, 1) }, { look: look(0, 2) }]);
  const stopped = { name: 'NonFiniteError', message: 'z2', step: 3 };
  const second = withNews(first, [{ look: look(5, 0.5) }, { stopped }]);
  expect(withNews(second, [undefined, undefined])).toEqual([
    { looks: [look(0, 1), look(5, 0.5)] },
    { looks: [look(0, 2)], stopped },
  ]);
});

test('curves have one axis of steps, and null where a net has no number, or none for a logarithmic axis', () => {
  const courses = [{ looks: [look(0, Number.NaN), look(5, 3), look(10, 0)] }, { looks: [look(0, 2)] }];
  const steps = [0, 5, 10];
  expect(curvesOf(courses, 2, 'loss', false)).toEqual([steps, [null, 3, 0], [2, null, null]]);
  expect(curvesOf(courses, 2, 'loss', true)).toEqual([steps, [null, 3, null], [2, null, null]]);
  expect(curvesOf([], 2, 'loss', true)).toEqual([[], [], []]);
});

test('bars of all nets have one logarithmic axis, of two to six powers of ten', () => {
  const { bars, from, to } = barsOf([[0.01, 1], [0.1]]);
  expect([from, to]).toEqual([0.01, 1]);
  expect(bars.map((of) => of.map(({ share }) => share))).toEqual([[0, 1], [0.5]]);
  expect(barsOf([[1e-9, 0, 1]])).toMatchObject({ bars: [[{ share: 0 }, { share: 0 }, { share: 1 }]], from: 1e-6 });
  expect(barsOf([[], []]).bars).toEqual([[], []]);
});

test('a map is darker by one band for half the loss', () => {
  expect(bandsOf([16, 8, 4, 3, 0]).map((band) => Math.round(12 * band))).toEqual([0, 1, 2, 2, 12]);
});
