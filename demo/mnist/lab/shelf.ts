/** Where runs are kept between visits: records and checkpoints in IndexedDB; of more than there is room for, the oldest go. */

/** The record of a run, and the checkpoint of it, if there is one. */
export interface Stored {
  /** `at` is when it was kept, in milliseconds. */
  readonly run: { readonly id: string; readonly at: number };
  readonly file?: Uint8Array<ArrayBuffer>;
}

/** Everything rejects where a browser keeps nothing: private windows, a full disk. */
export interface Shelf {
  /** All records, in the order in which they were kept. */
  list(): Promise<unknown[]>;
  /** The checkpoint of a run; undefined if there is none. */
  file(id: string): Promise<unknown>;
  /** Puts both in the place of what there was of the run, or neither. Without a file, that of before stays. */
  write(stored: Stored): Promise<void>;
  remove(id: string): Promise<void>;
}

const DATABASE = 'retrograd-page';
const VERSION = 2;
const [RUNS, FILES, DATE] = ['runs', 'files', 'at'];

/** Keeps at most so many runs. */
export function databaseShelf(most: number): Shelf {
  let last: Promise<unknown> = Promise.resolve();
  /** In the order of the calls. */
  const on = <T>(mode: IDBTransactionMode, work: (of: IDBTransaction) => IDBRequest<T>) => {
    const done = last.then(() => transact(mode, work));
    last = done.catch(() => {});
    return done;
  };
  return {
    list: () => on('readonly', (of) => of.objectStore(RUNS).index(DATE).getAll()),
    file: (id) => on('readonly', (of) => of.objectStore(FILES).get(id)),
    write: async ({ run, file }) =>
      void (await on('readwrite', (of) => {
        const [runs, files] = [of.objectStore(RUNS), of.objectStore(FILES)];
        runs.put(run);
        if (file) files.put(file, run.id);
        const byDate = runs.index(DATE).getAllKeys();
        byDate.onsuccess = () => {
          for (const id of byDate.result.slice(0, -most)) for (const store of [runs, files]) store.delete(id);
        };
        return byDate;
      })),
    remove: async (id) =>
      void (await on('readwrite', (of) => {
        of.objectStore(RUNS).delete(id);
        return of.objectStore(FILES).delete(id);
      })),
  };
}

/** All of the work is done, or nothing of it. */
async function transact<T>(mode: IDBTransactionMode, work: (of: IDBTransaction) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    const transaction = database.transaction([RUNS, FILES], mode);
    return await new Promise<T>((resolve, reject) => {
      transaction.onabort = () => reject(transaction.error);
      try {
        const request = work(transaction);
        transaction.oncomplete = () => resolve(request.result);
      } catch (error) {
        reject(error);
        transaction.abort(); // else what was asked for until then would be done
      }
    });
  } finally {
    database.close();
  }
}

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    // Throws, and so rejects, where a page may not keep anything.
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const { result: database } = request;
      for (const name of [...database.objectStoreNames]) database.deleteObjectStore(name); // which no version reads any more
      database.createObjectStore(RUNS, { keyPath: 'id' }).createIndex(DATE, DATE);
      database.createObjectStore(FILES);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
