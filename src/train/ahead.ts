/** How many steps of a caller's loop wait for the device: each holds its batch in memory until it has run. */
import { StateError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';

/** Steps between two looks at the device. */
const EVERY = 16;
/** Looks that may be outstanding where the loop waits for room, and at all. */
const [ROOM, MOST] = [2, 64];

export class Ahead {
  readonly #engine: Engine;
  /** Steps since the last look. */
  #steps = 0;
  /** For each look that is outstanding, when the device has done the steps before it. */
  readonly #looks: Promise<void>[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Before a step is queued. Throws StateError where too many wait. */
  add(where: string): void {
    if (this.#looks.length === MOST) {
      const found = `${MOST * EVERY} steps wait for the device`;
      throw new StateError(`${where}: ${found}, each with its batch in memory; add await net.ready() to the loop`);
    }
    if (!this.#engine.done || ++this.#steps < EVERY) return;
    this.#steps = 0;
    const look = this.#engine.done();
    this.#looks.push(look);
    const over = (): void => void this.#looks.splice(this.#looks.indexOf(look), 1);
    look.then(over, over);
  }

  /** Resolves when there is room for more. Rejects with DeviceLostError. */
  async room(): Promise<void> {
    while (this.#looks.length > ROOM) await this.#looks[0];
  }
}
