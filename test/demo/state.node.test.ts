/** What the page asks of the lab when a net did not come: a lab that only notes what it is asked stands in for the worker. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { LabEvent, Status } from '../../demo/mnist/lab/protocol.ts';

const fake = vi.hoisted(() => ({
  lab: {} as Record<string, unknown>,
  /** [data, hidden units, restore] of each net asked for. */
  asked: [] as unknown[][],
  tell: (_: LabEvent): void => {},
  /** How the next nets end: with an error where there is one. */
  ends: undefined as Error | undefined,
}));
vi.mock('comlink', () => ({ wrap: () => fake.lab, proxy: (value: unknown) => value }));

const say = (status: Status) => fake.tell({ kind: 'status', status });
const named = (name: string) => Object.assign(new Error(name), { name });
const net = { start: { step: 0 } };

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal('location', { hash: '', pathname: '/', search: '' });
  vi.stubGlobal('history', { replaceState: () => {} });
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('Worker', EventTarget);
  fake.asked.length = 0;
  fake.ends = undefined;
  Object.assign(fake.lab, {
    open: async (hear: typeof fake.tell) => {
      fake.tell = hear;
      return { kind: 'gpu', name: 'none', software: true };
    },
    prepare: async ({ data, hidden }: { data: string; hidden: { units: number }[] }, restore: boolean) => {
      fake.asked.push([data, hidden[0].units, restore]);
      say('preparing');
      if (fake.ends) {
        say(fake.ends.name === 'StateError' ? 'cancelled' : 'failed');
        throw fake.ends;
      }
      say('paused');
      return net;
    },
    keep: async () => {},
    cancel: async () => {},
    useFiles: async () => ({ name: 'custom IDX set' }),
    setLearningRate: async () => {},
    recover: async () => {
      throw named('OutOfMemoryError');
    },
  });
});

const visit = () => import('../../demo/mnist/page/state/index.ts');
const restores = () => fake.asked.map(([, , restore]) => restore);

describe('what is kept of a net', () => {
  test.each(['TypeError', 'StateError'])(
    'is asked for again by Retry after %s, and given up by Reset',
    async (name) => {
      const page = await visit();
      fake.ends = named(name);
      await page.begin();
      await page.reset();
      fake.ends = undefined;
      await page.reset();
      expect(restores()).toEqual([true, true, true]);
      await page.reset();
      fake.ends = named(name);
      await page.reset();
      await page.reset(); // what was reset does not come back
      expect(restores().slice(3)).toEqual([false, false, false]);
    },
  );

  test('is asked for once the files are there that could not be had', async () => {
    vi.stubGlobal('location', { hash: '#data=mnist', pathname: '/', search: '' });
    const page = await visit();
    fake.ends = named('DataError');
    await page.begin();
    fake.ends = undefined;
    await page.useFiles([]);
    expect(fake.asked).toEqual([
      ['mnist', 32, true],
      ['mnist', 32, true],
    ]);
  });

  test('is not given up for another rate, or for a look at another net, before it came', async () => {
    const page = await visit();
    fake.ends = named('DataError');
    await page.begin();
    await page.configure({ learningRate: 0.5 });
    fake.ends = undefined;
    await page.configure({ hidden: [{ kind: 'dense', units: 7, activation: 'relu' }] });
    await page.configure({ hidden: [{ kind: 'dense', units: 32, activation: 'sigmoid' }] });
    expect(fake.asked.map(([, ...rest]) => rest)).toEqual([
      [32, true],
      [32, true],
      [7, false],
      [32, true],
    ]);
  });

  test('is asked for where the device went before it came, or a net did not come back', async () => {
    const page = await visit();
    fake.ends = named('DeviceLostError');
    await page.begin();
    fake.ends = undefined;
    fake.lab.recover = async () => ({ machine: { kind: 'gpu', name: 'none', software: true } });
    await page.recover();
    expect(restores()).toEqual([true, true]);
    fake.lab.recover = async () => {
      throw named('OutOfMemoryError');
    };
    fake.tell({ kind: 'lost', message: '', held: { step: 9, seconds: 1, loss: 1, accuracy: 0.5 } });
    say('lost');
    await page.recover();
    await page.reset();
    expect(restores()).toEqual([true, true, true]);
  });
});

describe('on the CPU', () => {
  beforeEach(() => {
    fake.lab.open = async (hear: typeof fake.tell) => {
      fake.tell = hear;
      return { kind: 'cpu', name: 'CPU reference', software: true };
    };
  });

  test('a small net comes first, unless the visitor chose one while the page was opening', async () => {
    await (await visit()).begin();
    vi.resetModules();
    const page = await visit();
    const begun = page.begin();
    await page.configure({ hidden: [{ kind: 'dense', units: 7, activation: 'relu' }] });
    await begun;
    expect(fake.asked.map(([, units]) => units)).toEqual([16, 7]);
  });
});

describe('a run that is kept', () => {
  const run = { id: 'a', settings: '#hidden=7%3Arelu&data=mnist' };

  test('is opened with its settings: at once, after a net that did not come, and as the first net of a visit', async () => {
    const page = await visit();
    await page.begin();
    await page.openRun(run);
    fake.ends = named('TypeError');
    await page.openRun(run);
    fake.ends = undefined;
    await page.reset();
    expect(fake.asked.slice(1)).toEqual([
      ['mnist', 7, 'a'],
      ['mnist', 7, 'a'],
      ['mnist', 7, 'a'],
    ]);
    vi.resetModules();
    fake.asked.length = 0;
    await (await visit()).openRun(run);
    expect(fake.asked).toEqual([['mnist', 7, 'a']]);
  });

  test('is kept with its last curves before another net takes its place, which keeps none of them', async () => {
    const calls: unknown[] = [];
    fake.lab.keep = async ({ evaluations }: { evaluations: { step: number }[] }) =>
      void calls.push(evaluations.map(({ step }) => step));
    const prepare = fake.lab.prepare as (...given: unknown[]) => Promise<unknown>;
    fake.lab.prepare = (...given: unknown[]) => {
      calls.push('prepare');
      return prepare(...given);
    };
    const page = await visit();
    await page.begin();
    fake.tell({ kind: 'evaluated', evaluated: { step: 9, seconds: 1, loss: 1, accuracy: 0.5 } });
    calls.length = 0;
    await page.reset();
    expect(calls).toEqual([[9], 'prepare', []]);
  });

  test('is said not to be kept as long as the browser refuses', async () => {
    const page = await visit();
    fake.lab.keep = async () => {
      throw named('QuotaExceededError');
    };
    await page.begin();
    await vi.waitFor(() => expect(page.unkept.value).toBe('QuotaExceededError'));
    fake.lab.keep = async () => {};
    await page.configure({ learningRate: 0.5 });
    await vi.waitFor(() => expect(page.unkept.value).toBeUndefined());
    expect(page.problem.value).toBeUndefined();
  });
});
