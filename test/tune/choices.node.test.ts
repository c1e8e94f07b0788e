/** What was measured is found again: by the next net, and by the next process; and a bad store is an empty one. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compile, type Device, dense, openDevice, sequential, sgd, type TuneMode, tanh } from '../../src/index.node.ts';
import { quadratic } from '../../src/nn/losses/index.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { platform } from '../../src/platform/platform.ts';
import { databaseStore } from '../../src/platform/store.ts';
import { choicesOf } from '../../src/tune/choices.ts';
import { stopwatch } from '../../src/tune/trial.ts';
import { narrowed } from '../support/harness.ts';

const form = (name: string, rows: number) => ({
  name,
  shader: 'gemm',
  lanes: 8,
  constants: { WIDTH: 8, ROWS: rows, COLUMNS: 1, COLUMN_STEP: 4 },
  tile: [rows, 32] as const,
});
const menu = [form('usual', 2), form('fast', 4)];

let folder: string;
const opened: Device[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrograd-'));
  vi.stubEnv('RETROGRAD_NO_TUNING_CACHE', '');
  // What the cache folder is made of on Linux, macOS and Windows.
  for (const name of ['XDG_CACHE_HOME', 'HOME', 'LOCALAPPDATA']) vi.stubEnv(name, folder);
  vi.spyOn(matmul as Required<typeof matmul>, 'forms').mockReturnValue(menu);
  vi.spyOn(stopwatch, 'time').mockImplementation(async (_scratch, { workgroups }, count) => {
    return count * workgroups[1];
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  for (const device of opened.splice(0)) device.destroy();
  await rm(folder, { recursive: true });
});

/** On a device of its own, as another process would have it. */
async function tuned(tune: TuneMode, device?: Device) {
  const on = device ?? (await openDevice());
  if (!device) opened.push(on);
  vi.mocked(stopwatch.time).mockClear();
  const net = await compile(sequential([48], [dense(48, tanh)]), {
    device: on,
    batch: 32,
    loss: quadratic(),
    optimizer: sgd({ learningRate: 0.1 }),
    tune,
  });
  await (await choicesOf(on)).stored();
  const passes = vi.mocked(stopwatch.time).mock.calls.length;
  const tell = (what: 'form' | 'status') => [...new Set(net.tuning.map((step) => step[what]))];
  return { device: on, net, passes, forms: tell('form'), states: tell('status') };
}

const files = async (): Promise<string[]> => {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
};

describe('a choice', () => {
  it('is made once per device', async () => {
    vi.stubEnv('RETROGRAD_NO_TUNING_CACHE', '1');
    const first = await tuned('now');
    expect([first.forms, first.states]).toEqual([['fast'], ['measured']]);
    expect(first.passes).toBeGreaterThan(0);
    const second = await tuned('now', first.device);
    expect([second.forms, second.states, second.passes]).toEqual([['fast'], ['remembered'], 0]);
    expect(second.net.tuning[0].candidates).toHaveLength(2);
    expect(await files()).toEqual([]);
    const other = await tuned('background');
    expect([other.forms, other.states]).toEqual([['usual'], ['default']]);
  });

  it('is found by the next process, which measures nothing, and not looked for where tuning is off', async () => {
    await tuned('now');
    expect(await files()).toHaveLength(1);
    const next = await tuned('background');
    expect([next.forms, next.states, next.passes]).toEqual([['fast'], ['remembered'], 0]);
    const off = await tuned('off');
    expect([off.forms, off.states]).toEqual([['usual'], ['default']]);
  });

  it('is not that of another adapter, though it may have no name', async () => {
    const { device } = await tuned('now');
    const hardware = Object.create(device, { info: { value: { ...device.info, software: !device.info.software } } });
    const smaller = narrowed(device, { maxBufferSize: device.gpu.limits.maxBufferSize / 2 });
    for (const other of [hardware, smaller]) expect((await tuned('background', other)).states).toEqual(['default']);
    expect((await tuned('background', Object.create(device))).states).toEqual(['remembered']);
  });

  it('is not that of another runtime, nor of a form that is not on the menu any more', async () => {
    await tuned('now');
    vi.spyOn(platform, 'runtime').mockResolvedValue('another');
    expect((await tuned('background')).forms).toEqual(['usual']);
    vi.mocked(platform.runtime).mockRestore();
    vi.mocked(matmul.forms!).mockReturnValue([menu[0]]);
    expect((await tuned('background')).states).toEqual(['default']);
  });
});

describe('a file that is', () => {
  for (const [what, spoil] of [
    ['cut off', (text: string) => text.slice(0, text.length / 2)],
    ['something else', () => '[1, null, "x"]'],
    ['of another device', (text: string) => text.replace('"identity": "', '"identity": "other ')],
    ['of another shape', (text: string) => text.replace(/"tried": \{[^}]*\}/g, '"tried": 7')],
    ['empty', () => ''],
  ] as const) {
    it(`${what} counts as none, and is written anew`, async () => {
      await tuned('now');
      const [file] = await files();
      const good = await readFile(file, 'utf8');
      await writeFile(file, spoil(good));
      const next = await tuned('background');
      expect([next.forms, next.states]).toEqual([['usual'], ['default']]);
      await tuned('now');
      expect(await readFile(file, 'utf8')).toBe(good);
    });
  }
});

describe('a store that', () => {
  for (const [what, broken] of [
    ['rejects', { read: () => Promise.reject(new Error('no')), write: () => Promise.reject(new Error('no')) }],
    ['never answers a read', { read: () => new Promise<undefined>(() => {}), write: async () => {} }],
    ['is not there', undefined],
  ] as const) {
    it(`${what} does no harm`, async () => {
      vi.spyOn(platform, 'store').mockReturnValue(broken);
      const { forms } = await tuned('now');
      expect(forms).toEqual(['fast']);
    });
  }

  it('is a folder nobody may write to does no harm', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const name of ['XDG_CACHE_HOME', 'HOME', 'LOCALAPPDATA']) vi.stubEnv(name, join(folder, 'file'));
    expect((await tuned('now')).forms).toEqual(['fast']);
  });
});

describe('a store in IndexedDB', () => {
  it('keeps texts, and rejects where a page may not keep any', async () => {
    expect(databaseStore()).toBeUndefined();
    vi.stubGlobal('indexedDB', fakeDatabase());
    const store = databaseStore()!;
    expect(await store.read('a')).toBeUndefined();
    await store.write('a', 'text');
    expect(await store.read('a')).toBe('text');
    expect(await databaseStore()!.read('a')).toBe('text');
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('not here', 'SecurityError');
      },
    });
    await expect(databaseStore()!.read('a')).rejects.toThrow('not here');
  });
});

/** As much of IndexedDB as the store calls: requests that succeed a turn later. */
function fakeDatabase() {
  const tables = new Map<string, Map<string, string>>();
  const request = <T>(result: T, then: (made: { result: T; onsuccess?(): void; onupgradeneeded?(): void }) => void) => {
    const made = { result };
    queueMicrotask(() => then(made));
    return made;
  };
  const database = {
    createObjectStore: (name: string) => void tables.set(name, new Map()),
    close: () => {},
    transaction: (name: string) => {
      const transaction: { oncomplete?(): void; objectStore: unknown } = { objectStore: undefined };
      const done = () => transaction.oncomplete?.();
      transaction.objectStore = () => ({
        get: (key: string) => request(tables.get(name)!.get(key), () => setTimeout(done)),
        put: (value: string, key: string) => request(tables.get(name)!.set(key, value), () => setTimeout(done)),
      });
      return transaction;
    },
  };
  return {
    open: () =>
      request(database, (made) => {
        if (tables.size === 0) made.onupgradeneeded?.();
        made.onsuccess?.();
      }),
  };
}
