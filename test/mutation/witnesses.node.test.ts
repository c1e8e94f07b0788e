/** Which file of tests notices a fault, told by a runner that is made up: it knows whether the fault is in place. */
import { expect, test } from 'vitest';
import { witnesses } from './witnesses.mjs';

/** Files of tests by when they fail, and what was run of them, with "*" where the fault was in place. */
function runs(fails: Record<string, 'with the fault' | 'always' | 'never' | 'to run'>) {
  const [run, told]: [string[], string[]] = [[], []];
  let isFaulty = false;
  const failure = async (name: string): Promise<{ by: string } | undefined> => {
    run.push(isFaulty ? `${name}*` : name);
    if (fails[name] === 'to run') throw new Error('no run');
    return fails[name] === 'always' || (fails[name] === 'with the fault' && isFaulty) ? { by: name } : undefined;
  };
  const { first } = witnesses(failure, ({ by }: { by: string }) => told.push(by));
  const fault = (isPut: boolean) => () => {
    isFaulty = isPut;
  };
  const killer = async (tests: string[]) => (await first(tests, { put: fault(true), take: fault(false) }))?.by;
  return { run, told, killer };
}

test('the first file that fails with the fault notices it, and is run without it once', async () => {
  const { killer, run, told } = runs({ a: 'never', b: 'with the fault', c: 'with the fault' });
  expect([await killer(['a', 'b', 'c']), await killer(['b'])]).toEqual(['b', 'b']);
  expect(run).toEqual(['a*', 'b*', 'b', 'b*']);
  expect(told).toEqual([]);
});

test('a file that fails without the fault too is told of, and not asked again', async () => {
  const { killer, run, told } = runs({ a: 'always', b: 'never', c: 'with the fault' });
  expect([await killer(['a', 'b', 'c']), await killer(['a', 'b'])]).toEqual(['c', undefined]);
  expect(run).toEqual(['a*', 'a', 'b*', 'c*', 'c', 'b*']);
  expect(told).toEqual(['a']);
});

test('the fault is taken out again where a file does not run', async () => {
  const { killer, run } = runs({ a: 'to run', b: 'never' });
  await expect(killer(['a'])).rejects.toThrow('no run');
  await killer(['b']);
  await expect(killer(['a'])).rejects.toThrow('no run');
  expect(run).toEqual(['a*', 'b*', 'a*']);
});
