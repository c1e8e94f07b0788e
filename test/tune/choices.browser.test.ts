/** What was measured in a browser is found again in IndexedDB. */
import { afterEach, expect, test, vi } from 'vitest';
import { compile, dense, openDevice, quadratic, sequential, sgd, tanh } from '../../src/index.ts';
import { platform } from '../../src/platform/platform.ts';
import { databaseStore } from '../../src/platform/store.ts';
import { choicesOf } from '../../src/tune/choices.ts';
import { stopwatch } from '../../src/tune/trial.ts';

afterEach(() => {
  vi.restoreAllMocks();
  return new Promise((done, failed) => {
    Object.assign(indexedDB.deleteDatabase('retrograd'), { onsuccess: done, onerror: failed, onblocked: failed });
  });
});

test('a browser keeps which forms are fast, for the next visit', async () => {
  vi.spyOn(platform, 'store').mockImplementation(databaseStore);
  const time = vi.spyOn(stopwatch, 'time').mockImplementation(async (_scratch, { workgroups }, count) => {
    return count * workgroups[0] * workgroups[1];
  });
  const visit = async (tune: 'now' | 'background') => {
    const device = await openDevice();
    const model = sequential([48], [dense(48, tanh)]);
    const optimizer = sgd({ learningRate: 0.1 });
    const net = await compile(model, { device, batch: 32, loss: quadratic(), optimizer, tune });
    await (await choicesOf(device)).stored();
    device.destroy();
    return net.tuning.map(({ form, status }) => ({ form, status }));
  };
  const measured = await visit('now');
  expect(measured.map(({ status }) => status)).toContain('measured');
  expect(time).toHaveBeenCalled();
  time.mockClear();
  const remembered = await visit('background');
  expect(remembered).toEqual(measured.map(({ form }) => ({ form, status: 'remembered' })));
  expect(time).not.toHaveBeenCalled();
});
