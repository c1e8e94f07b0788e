/** Where the nets last trained are kept between visits: a few records in IndexedDB; of more, the oldest go. */

/** What is kept under a key; `at` is when, in milliseconds. */
export interface Dated {
  readonly at: number;
}

/** Nothing here rejects: where a browser keeps nothing (private windows, a full disk), there is nothing to be found. */
export interface Shelf {
  read(key: string): Promise<unknown>;
  write(key: string, value: Dated): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Records. */
const MOST = 4;
const DATABASE = 'retrograd-page';
const TABLE = 'nets';
const DATE = 'at';

/** Undefined where there is no IndexedDB. */
export function databaseShelf(): Shelf | undefined {
  if (typeof indexedDB === 'undefined') return undefined;
  let last: Promise<unknown> = Promise.resolve();
  /** In the order of the calls. */
  const on = <T>(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest<T> | undefined) => {
    const done = last.then(() => transact(mode, work)).catch(() => undefined);
    last = done;
    return done;
  };
  return {
    read: (key) => on('readonly', (table) => table.get(key)),
    write: async (key, value) =>
      void (await on('readwrite', (table) => {
        table.put(value, key);
        const byDate = table.index(DATE).getAllKeys();
        byDate.onsuccess = () => {
          for (const old of byDate.result.slice(0, -MOST)) table.delete(old);
        };
        return undefined;
      })),
    remove: async (key) => void (await on('readwrite', (table) => table.delete(key))),
  };
}

async function transact<T>(
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore) => IDBRequest<T> | undefined,
): Promise<T | undefined> {
  const database = await opened();
  try {
    const transaction = database.transaction(TABLE, mode);
    const request = work(transaction.objectStore(TABLE));
    return await new Promise<T | undefined>((resolve, reject) => {
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    // Throws, and so rejects, where a page may not keep anything.
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(TABLE).createIndex(DATE, DATE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
