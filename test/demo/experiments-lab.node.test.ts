/** What each experiment claims, for two seeds, as its worker computes it. */
import { describe, expect, test } from 'vitest';
import type { Course } from '../../demo/mnist/lab/experiments/experiment.ts';
import { createExperiments } from '../../demo/mnist/lab/experiments/experiments-lab.ts';
import { experiments } from '../../demo/mnist/lab/experiments/table.ts';
import { withNews } from '../../demo/mnist/page/experiments/courses.ts';

const lab = createExperiments();

describe.each(experiments)('$id', ({ id, sides, steps, every, findings }) => {
  test.each([1, 2])('shows what it claims with seed %i', async (seed) => {
    const begun = await lab.prepare(id, seed);
    let courses: readonly Course[] = withNews([], begun.news);
    expect(courses.length).toBe(sides.length);
    for (let step = 0; step < steps; step += every) courses = withNews(courses, await lab.advance());
    const found = findings.map(({ of }) => of(courses));
    console.log(`${id}, seed ${seed}: ${findings.map(({ says }, i) => says(found[i], courses)).join(' ')}`);
    for (const [i, { claim }] of findings.entries()) {
      expect(found[i]).toBeGreaterThanOrEqual(claim.least ?? Number.NEGATIVE_INFINITY);
      expect(found[i]).toBeLessThanOrEqual(claim.most ?? Number.POSITIVE_INFINITY);
    }
  });
});
