/** Small texts that are stored between runs by key. Losing them costs only time. */
export interface Store {
  /** Undefined where there is none. May reject where it cannot be read. */
  read(key: string): Promise<string | undefined>;
  /** Whole or not at all. May reject. */
  write(key: string, text: string): Promise<void>;
}

const DATABASE = 'retrograd';
const TABLE = 'texts';

/** In IndexedDB, which pages and workers have; undefined where there is none. */
export function databaseStore(): Store | undefined {
  if (typeof indexedDB === 'undefined') return undefined;
  const on = async <T>(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const database = await opened();
    try {
      const transaction = database.transaction(TABLE, mode);
      const request = work(transaction.objectStore(TABLE));
      return await new Promise<T>((resolve, reject) => {
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };
  return {
    async read(key) {
      const text: unknown = await on('readonly', (table) => table.get(key));
      return typeof text === 'string' ? text : undefined;
    },
    write: async (key, text) => void (await on('readwrite', (table) => table.put(text, key))),
  };
}

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    // Throws, and so rejects, where a page may not keep anything.
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(TABLE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
