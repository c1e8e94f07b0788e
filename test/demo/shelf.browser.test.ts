/** Where runs are kept: what is written comes back whole, and a write that ends in the middle leaves what was there before. */
import { beforeEach, expect, test } from 'vitest';
import { databaseShelf } from '../../demo/mnist/lab/shelf.ts';

const NAME = 'retrograd-page';
const MOST = 3;
const shelf = databaseShelf(MOST);
const run = (id: string, at: number) => ({ id, at });
const ids = async () => (await shelf.list()).map((record) => (record as { id: string }).id);

beforeEach(
  () =>
    new Promise((done, failed) => {
      Object.assign(indexedDB.deleteDatabase(NAME), { onsuccess: done, onerror: failed, onblocked: failed });
    }),
);

test('records come in the order in which they were kept, and of more than are kept the oldest go with their files', async () => {
  for (const at of [4, 1, 3]) await shelf.write({ run: run(`run ${at}`, at), file: Uint8Array.of(at) });
  expect(await ids()).toEqual(['run 1', 'run 3', 'run 4']);
  await shelf.write({ run: run('run 2', 2) });
  expect(await ids()).toEqual(['run 2', 'run 3', 'run 4']);
  expect(await shelf.file('run 1')).toBeUndefined();
  expect(await shelf.file('run 3')).toEqual(Uint8Array.of(3));
  await shelf.write({ run: run('run 3', 9) });
  expect(await ids()).toEqual(['run 2', 'run 4', 'run 3']);
  expect(await shelf.file('run 3')).toEqual(Uint8Array.of(3)); // none was given
  await shelf.remove('run 3');
  expect(await ids()).toEqual(['run 2', 'run 4']);
  expect(await shelf.file('run 3')).toBeUndefined();
});

test('a write that fails rejects, leaves the record as it was, and holds up none after it', async () => {
  await shelf.write({ run: run('a', 1), file: Uint8Array.of(1) });
  const unclonable = { ...Uint8Array.of(2), no: () => {} } as never;
  await expect(shelf.write({ run: run('a', 2), file: unclonable })).rejects.toThrow(/clone/);
  expect(await shelf.list()).toEqual([run('a', 1)]);
  expect(await shelf.file('a')).toEqual(Uint8Array.of(1));
  await shelf.write({ run: run('a', 3) });
  expect(await shelf.list()).toEqual([run('a', 3)]);
});

test('records of an earlier layout give way', async () => {
  await new Promise<void>((done, failed) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore('nets');
    opening.onerror = failed;
    opening.onsuccess = () => {
      opening.result.close();
      done();
    };
  });
  await shelf.write({ run: run('a', 1) });
  expect(await ids()).toEqual(['a']);
});

test('a worker that is ended while it writes leaves a whole record, with the file of the same write', async () => {
  const source = URL.createObjectURL(
    new Blob(
      [
        `const opening = indexedDB.open('${NAME}', 2);
        opening.onsuccess = () => {
          let at = 1;
          const write = () => {
            const transaction = opening.result.transaction(['runs', 'files'], 'readwrite');
            transaction.objectStore('runs').put({ id: 'a', at });
            transaction.objectStore('files').put(new Uint8Array(2e6).fill(at % 251), 'a');
            transaction.oncomplete = () => { postMessage(at++); write(); };
          };
          write();
        };`,
      ],
      { type: 'text/javascript' },
    ),
  );
  await shelf.write({ run: run('a', 0), file: new Uint8Array(2e6) });
  let most = 0;
  for (let i = 0; i < 6; i++) {
    const worker = new Worker(source);
    let told = 0;
    await new Promise<void>((done) => {
      worker.onmessage = ({ data }) => {
        told = data;
        if (told === 2 + i) setTimeout(done, 3 * i);
      };
    });
    worker.terminate();
    const [{ at }] = (await shelf.list()) as { at: number }[];
    const file = (await shelf.file('a')) as Uint8Array;
    most = Math.max(most, at);
    expect(at).toBeGreaterThanOrEqual(told);
    expect([file.length, ...new Set(file)]).toEqual([2e6, at % 251]);
  }
  expect(most).toBeGreaterThan(2);
});
