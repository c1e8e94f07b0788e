/** How `fit` goes on after the loss of its device. */
import { checkCount, checkFunction, checkKeys, checkNumber } from '../base/arguments.ts';
import { ArgumentError, type RetrogradError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { showValue } from '../base/show-value.ts';
import type { Device } from '../engine/device.ts';

/** How long it is from one snapshot to the next: seconds or steps. */
export type SnapshotInterval =
  | {
      /** A finite number > 0. */
      seconds: number;
    }
  | {
      /** A positive integer. */
      steps: number;
    };

/** How {@link Trainer.fit} goes on after the loss of its device. */
export interface RecoverOptions {
  /**
   * How many times it goes on from one snapshot, a positive integer. Before the second attempt it
   * waits for 250 ms, and twice as long before each further one, at most 30 seconds. Default: 5.
   */
  attempts?: number;
  /**
   * How much training a loss may cost: the seconds or the steps from one snapshot to the next. Snapshots are taken between submits.
   * With `steps`, a submit ends after every so many steps of the fit; the snapshot there is left out while the one before is still
   * being copied. Default: 10 seconds, or 50 times as long as a snapshot takes, whichever is more.
   */
  snapshot?: SnapshotInterval;
}

/** A loss after which training goes on. */
export interface Recovery {
  /** The device that the net is on now. */
  readonly device: Device;
  /** What happened to the one before. */
  readonly error: RetrogradError;
  /** The step that training goes on from. */
  readonly step: number;
}

export function checkRecover(recover: unknown, onRecover: unknown): void {
  checkFunction('fit: onRecover', onRecover);
  if (recover === undefined || typeof recover === 'boolean') return;
  checkKeys('fit: recover', recover, ['attempts', 'snapshot']);
  const { attempts, snapshot } = recover as RecoverOptions;
  if (attempts !== undefined) checkCount('fit: recover.attempts', attempts);
  if (snapshot === undefined) return;
  checkKeys('fit: recover.snapshot', snapshot, ['seconds', 'steps']);
  const [[name, value] = [], ...more] = isObject(snapshot) ? Object.entries(snapshot) : [];
  if (name === undefined || more.length > 0) {
    throw new ArgumentError(`fit: recover.snapshot must be { seconds } or { steps }, found ${showValue(snapshot)}`);
  }
  if (name === 'steps') checkCount('fit: recover.snapshot.steps', value);
  else checkNumber('fit: recover.snapshot.seconds', value, 'a finite number > 0', (seconds) => seconds > 0);
}
