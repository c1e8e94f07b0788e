/** The errors of the library, each with a name that callers can tell it by. */
import { printable } from './show-value.ts';

/**
 * Every error the library throws by intention. The message names what, where, what was expected and what was found. Names
 * are written out, since minifiers rename classes.
 */
export class RetrogradError extends Error {
  override readonly name: string = 'RetrogradError';

  /** A message of several lines is handed over as such: a line break within one comes from outside, and is escaped. */
  constructor(message: string | readonly string[], options?: ErrorOptions) {
    super([message].flat().map(printable).join('\n'), options);
  }
}

/** An option or argument outside what is allowed: a learning rate of NaN, a batch of 1.5. */
export class ArgumentError extends RetrogradError {
  override readonly name = 'ArgumentError';
}

/** Shapes that do not fit together; names the op and every operand's shape. */
export class ShapeError extends RetrogradError {
  override readonly name = 'ShapeError';
}

/** What is not there: WebGPU itself, an adapter, or a device of the adapter that was found. */
export type Missing = 'webgpu' | 'adapter' | 'device';

/** For people: a browser, and what to do in it. */
export interface Steps {
  /** 'Firefox 153 on Linux', 'Chrome on Android'. */
  readonly title: string;
  /** Sentences. */
  readonly steps: readonly string[];
}
export interface Advice {
  /** What to do in this browser, where that is known. */
  readonly here?: Steps;
  /** Other browsers on the same system that have WebGPU. */
  readonly elsewhere: readonly Steps[];
}

/** No WebGPU device; the message says what to install or which flag to set. */
export class NoAdapterError extends RetrogradError {
  override readonly name = 'NoAdapterError';
  readonly missing: Missing;
  /** What to do about it, for people, by browser; not in Node. */
  readonly advice?: Advice;

  constructor(
    message: string,
    { missing = 'webgpu', advice, cause }: ErrorOptions & { missing?: Missing; advice?: Advice } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.missing = missing;
    this.advice = advice;
  }
}

/** WGSL that did not compile, or a pipeline that could not be made; names the part file and its own line. */
export class ShaderError extends RetrogradError {
  override readonly name = 'ShaderError';
}

/** The device is gone; what it held is lost. */
export class DeviceLostError extends RetrogradError {
  override readonly name = 'DeviceLostError';
}

/** A buffer could not be made; says how much was asked for and how much is in use. */
export class OutOfMemoryError extends RetrogradError {
  override readonly name = 'OutOfMemoryError';
}

/** A call after `destroy()`, or a read of something that is not there. */
export class StateError extends RetrogradError {
  override readonly name = 'StateError';
}

/** Data that is not what it should be; names the file or array, the place, what was expected and what was found. */
export class DataError extends RetrogradError {
  override readonly name = 'DataError';
}

/** NaN or infinity in training; names the step and the first tensor that holds one. */
export class NonFiniteError extends RetrogradError {
  override readonly name = 'NonFiniteError';
}
