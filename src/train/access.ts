/**
 * Controls who may work on a net when: calls that share buffers run one after another, and some calls have the net to
 * themselves.
 */
import { StateError } from '../base/errors.ts';

export class Access {
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #busy = '';
  #closed = false;

  /** Every call from now on is a StateError. False where it was closed before. */
  close(): boolean {
    const wasOpen = !this.#closed;
    this.#closed = true;
    return wasOpen;
  }

  assertOpen(what: string): void {
    if (this.#closed) throw new StateError(`${what}: this net has been destroyed`);
  }

  /** Throws StateError while a call has the net to itself. */
  assertIdle(what: string): void {
    this.assertOpen(what);
    if (this.#busy) throw new StateError(`${what}: ${this.#busy} is still running on this net`);
  }

  /** At once where nothing else is under way, so that what a call queues on the device keeps its place among steps. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#waiting === 0 ? work() : this.#queue.then(work);
    this.#waiting++;
    this.#queue = turn.catch(() => {}).then(() => void this.#waiting--);
    return turn;
  }

  /** At once, unless a check is about to take back what the device holds. */
  afterCheck<T>(work: () => Promise<T>): Promise<T> {
    return this.#busy === 'check' ? this.#queue.then(work) : work();
  }

  /** Until it is done, nothing else may change the net. */
  async exclusive<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.assertIdle(what);
    this.#busy = what;
    try {
      return await work();
    } finally {
      this.#busy = '';
    }
  }
}
