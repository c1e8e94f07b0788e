/** How many steps go into a submit, told to an engine whose steps take a known time. */
import { expect, test } from 'vitest';
import type { Engine, Part, Program } from '../../src/engine/engine.ts';
import { runSteps } from '../../src/engine/run-steps.ts';
import { stepRow } from '../../src/graph/step-row.ts';

/** Steps take `milliseconds` each, one submit after another. */
function slowEngine(milliseconds: number) {
  const submits: number[] = [];
  let finish = 0;
  const engine = {
    maxRows: 256,
    run(parts: readonly Part[]) {
      const steps = parts.reduce((sum, { rows }) => sum + rows.length, 0);
      submits.push(steps);
      finish = Math.max(finish, performance.now()) + milliseconds * steps;
    },
    settled: () => new Promise((resolve) => setTimeout(resolve, finish - performance.now())),
  };
  return { engine: engine as unknown as Engine, submits };
}

const block = (milliseconds: number): void => {
  for (const until = performance.now() + milliseconds; performance.now() < until; );
};

const always = (program: Program) => {
  const programs = [program];
  return () => programs;
};
const options = { steps: 12, row: () => stepRow({}), milliseconds: 40 };

test('a run begins with the size the last one ended with', async () => {
  const { engine, submits } = slowEngine(10);
  const run = { ...options, programs: always({} as Program) };
  await runSteps(engine, run);
  expect(submits[0]).toBe(1);
  const before = submits.length;
  await runSteps(engine, run);
  expect(submits[before]).toBeGreaterThan(1);
  expect(submits[before]).toBeLessThanOrEqual(8);
});

test('an event loop that was held up makes no submit more than twice as long as the one before', async () => {
  const { engine, submits } = slowEngine(10);
  const programs = always({} as Program);
  for (let i = 0; i < 2; i++) {
    await runSteps(engine, { ...options, programs, onSubmit: (done) => done === options.steps && block(150) });
  }
  for (const [i, n] of submits.entries()) {
    if (i > 0) expect(n).toBeLessThanOrEqual(2 * Math.max(...submits.slice(0, i)));
  }
  expect(submits.reduce((a, b) => a + b)).toBe(2 * options.steps);
});
