/** What the tab of one's own data asks of its worker: a lab that only notes what it is asked stands in for that. */
import { beforeEach, expect, test, vi } from 'vitest';
import type { OwnData, OwnSettings } from '../../demo/mnist/lab/own-data/own-protocol.ts';

const fake = vi.hoisted(() => ({ lab: {} as Record<string, unknown> }));
vi.mock('comlink', () => ({ wrap: () => ({ ownData: async () => fake.lab }) }));

const data: OwnData = { kind: 'symbols', symbols: [] };
/** The rates that the worker was told: of each net that it was to make, and of one that it has. */
const told: unknown[][] = [];
/** Ends the making of the net that was asked for last. */
let finish = (): void => {};

beforeEach(() => {
  vi.stubGlobal('Worker', EventTarget);
  Object.assign(fake.lab, {
    prepare: (_: OwnData, { learningRate }: OwnSettings) => {
      told.push(['prepare', learningRate]);
      return new Promise((resolve) => {
        finish = () => resolve({ frame: { step: 0, train: { loss: 1 }, test: { loss: 1 } } });
      });
    },
    setLearningRate: async (rate: number) => void told.push(['set', rate]),
  });
});

test('a rate that is set while a net is made counts for it, and one that is set later takes effect at once', async () => {
  const tab = await import('../../demo/mnist/page/own-data/own-state.ts');
  tab.choose('symbols');
  void tab.give('symbols', data);
  await vi.waitFor(() => expect(told).toEqual([['prepare', 0.005]]));
  void tab.configure({ learningRate: 0.5 });
  await vi.waitFor(() => expect(told.at(-1)).toEqual(['prepare', 0.5]));
  finish();
  await vi.waitFor(() => expect(tab.status.value).toBe('ready'));
  await tab.configure({ learningRate: 0.25, epochs: 3 });
  expect(told.at(-1)).toEqual(['set', 0.25]);
  expect(tab.status.value).toBe('ready');
});
