/** Values on a device that are no program's, as the calls that take numbers take them instead. */
import { member } from '../base/arguments.ts';
import type { Shape } from '../base/tensor.ts';
import type { Engine, Program } from './engine.ts';

export interface Held {
  /**
   * How many samples it holds, to be copied to a tensor of this shape, [...sample, batch]. Throws StateError once it is
   * destroyed, ArgumentError on another device, and ShapeError for samples or a batch of another shape.
   */
  samples(what: string, engine: Engine, shape: Shape): number;
  /** Throws the same unless it is a parameter of this shape, or a gradient with respect to one. */
  demandShape(what: string, engine: Engine, shape: Shape): void;
  /** Queues a copy to a tensor of a program on the same device. */
  copyTo(program: Program, name: string): void;
}

/** Under which a tensor carries that. */
export const HELD = Symbol('held');

export const heldOf = (value: unknown): Held | undefined => member(value, HELD) as Held | undefined;
