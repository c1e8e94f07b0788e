/** The progress of `compile`, and a way to abort it. */

/** How far {@link compile} is. */
export interface CompileProgress {
  /** What is being made: pipelines first, then the initial weights. */
  readonly phase: 'pipelines' | 'weights';
  /** Pipelines, or single weights, made so far. */
  readonly done: number;
  /** Pipelines, or single weights, in all. */
  readonly total: number;
}

export interface Watched {
  readonly signal?: AbortSignal;
  onProgress?(progress: CompileProgress): void;
}

/** Awaits work that cannot be stopped only until the signal is aborted, and then rejects with its reason. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  work.catch(() => {}); // of no interest after that
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * A turn of the event loop, so that a page stays alive and Node hears of signals. A timer would starve signals, and fires only
 * once a second in a hidden page.
 */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') return void setImmediate(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
