/** What a predictor is made of. */
import type { Device } from '../engine/device.ts';
import type { Engine } from '../engine/engine.ts';
import type { LossFunction } from '../nn/losses/loss.ts';
import type { Saved } from '../saved/model-text.ts';
import type { Batcher } from './batcher.ts';
import type { Form } from './raw-samples.ts';

export interface Opened {
  readonly saved: Saved;
  /** Those of the caller's own. */
  readonly losses: readonly LossFunction[];
  readonly form: Form;
  /** Factor for the numbers that `predict` gets, in place of that of training. */
  readonly scale?: number;
  readonly engine: Engine;
  readonly batcher: Batcher;
  /** A device that goes with it. */
  readonly ownDevice?: Device;
}
