/** The errors of the library. Callers tell them apart by name. */
import { printable } from './show-value.ts';

/**
 * Base class of the errors that the library throws. A message says what is wrong and where, what was expected and what was
 * found. The `name` is that of the class, also in minified code.
 */
export class RetrogradError extends Error {
  /** Name of the class. */
  override readonly name: string = 'RetrogradError';

  /**
   * Makes an error.
   *
   * @param message One line, or several as a list. Line breaks and control characters within a line are escaped.
   * @param options The `cause`, as for `Error`.
   */
  constructor(message: string | readonly string[], options?: ErrorOptions) {
    super([message].flat().map(printable).join('\n'), options);
  }
}

/** An argument or option that is not allowed, such as a learning rate of NaN or a batch of 1.5. */
export class ArgumentError extends RetrogradError {
  override readonly name = 'ArgumentError';
}

/** Shapes that do not fit together; the message has the op or method and all shapes. */
export class ShapeError extends RetrogradError {
  override readonly name = 'ShapeError';
}

/** What is missing: WebGPU itself, an adapter, or a device of the adapter that was found. */
export type Missing = 'webgpu' | 'adapter' | 'device';

/** What to do in one browser, as text for a page to show. */
export interface Steps {
  /** The browser: `'Firefox 153 on Linux'`, `'Chrome on Android'`. */
  readonly title: string;
  /** What to do in it, one or more sentences each. */
  readonly steps: readonly string[];
}
/** How to get WebGPU, as text for a page to show. */
export interface Advice {
  /** What to do in this browser, if that is known. */
  readonly here?: Steps;
  /** Other browsers on this system that have WebGPU. */
  readonly elsewhere: readonly Steps[];
}

/** There is no WebGPU device; the message says what to install or which flag to set. */
export class NoAdapterError extends RetrogradError {
  override readonly name = 'NoAdapterError';
  /** What is missing. */
  readonly missing: Missing;
  /** What to do about it, by browser; absent in Node. */
  readonly advice?: Advice;

  /** Makes an error; `missing` is `'webgpu'` by default. */
  constructor(
    message: string,
    { missing = 'webgpu', advice, cause }: ErrorOptions & { missing?: Missing; advice?: Advice } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.missing = missing;
    this.advice = advice;
  }
}

/** A shader that does not compile, or has no pipeline; the message has the WGSL file and its line. */
export class ShaderError extends RetrogradError {
  override readonly name = 'ShaderError';
}

/** What is known of the loss of a device. */
export interface DeviceLostOptions extends ErrorOptions {
  /** {@link DeviceLostError.reason}. */
  reason?: 'destroyed' | 'unknown';
  /** {@link DeviceLostError.lastStep}. */
  lastStep?: number;
  /** {@link DeviceLostError.snapshot}. */
  snapshot?: Uint8Array<ArrayBuffer>;
}

/** The device is lost, with everything it held. */
export class DeviceLostError extends RetrogradError {
  override readonly name = 'DeviceLostError';
  /** `'destroyed'` if the program destroyed it, else `'unknown'`. */
  readonly reason: 'destroyed' | 'unknown';
  /** The last step that is known to be done, of a net that was in `fit`. */
  readonly lastStep?: number;
  /** A file for {@link Trainer.load}, from a `fit` with `recover` that found no other device to go on with. */
  readonly snapshot?: Uint8Array<ArrayBuffer>;

  /** Makes an error; `reason` is `'unknown'` by default. */
  constructor(message: string, { reason = 'unknown', cause, lastStep, snapshot }: DeviceLostOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.lastStep = lastStep;
    this.snapshot = snapshot;
  }
}

/** The device has given no answer for so long that none is expected any more; what it held is as good as lost. */
export class DeviceHungError extends RetrogradError {
  override readonly name = 'DeviceHungError';
}

/** Memory that could not be allocated; the message has the bytes asked for. */
export class OutOfMemoryError extends RetrogradError {
  override readonly name = 'OutOfMemoryError';
}

/** A call at the wrong time: after `destroy()`, before the first step, or while another call has the net to itself. */
export class StateError extends RetrogradError {
  override readonly name = 'StateError';
}

/** Invalid data; the message has the file or array, the place in it, what was expected and what was found. */
export class DataError extends RetrogradError {
  override readonly name = 'DataError';
}

/** What a tensor was computed from. */
export interface Operand {
  /** Its name, as in {@link Trainer.graph}: `'a2'`. */
  readonly tensor: string;
  /** The largest magnitude in it. */
  readonly largest: number;
}

/** Where NaN or infinity was found, as far as that is known. */
export interface NonFinite {
  /** The first step that made one of a loss, a parameter or the state of the optimizer, counted from 1. */
  readonly step?: number;
  /** The tensor that holds it, as in {@link Trainer.graph}: `'z3'`. */
  readonly tensor?: string;
  /** The layer that the tensor is of, as in keys of parameters: `'layers.2'`. */
  readonly layer?: string;
  /** Its place in the tensor, an index for each axis. */
  readonly element?: readonly number[];
  /** What it is: NaN or ±Infinity. */
  readonly value?: number;
  /** What it was computed from, with the largest magnitude in each. */
  readonly operands?: readonly Operand[];
  /** What to try. */
  readonly advice?: string;
}

/** NaN or infinity in a result; the message has the step and the first tensor that holds one, as far as they are known. */
export class NonFiniteError extends RetrogradError implements NonFinite {
  override readonly name = 'NonFiniteError';
  /** The first step that made one of a loss, a parameter or the state of the optimizer, counted from 1. */
  readonly step?: number;
  /** The tensor that holds it. */
  readonly tensor?: string;
  /** The layer that the tensor is of. */
  readonly layer?: string;
  /** Its place in the tensor. */
  readonly element?: readonly number[];
  /** What it is. */
  readonly value?: number;
  /** What it was computed from. */
  readonly operands?: readonly Operand[];
  /** What to try. */
  readonly advice?: string;

  /** Makes an error, with where it was found. */
  constructor(message: string | readonly string[], where: NonFinite = {}) {
    super(message);
    Object.assign(this, where);
  }
}
