/**
 * Handles Ctrl-C, `kill`, a terminal that hangs up, and an output that cannot be written. A signal ends the process at once,
 * or asks the running work to stop where that has something to tell or to save. If it does not stop in time, the process ends.
 */
import { RetrogradError } from '../index.node.ts';

export class InterruptedError extends RetrogradError {
  override readonly name: string = 'InterruptedError';

  constructor(
    message: string,
    readonly exitCode: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What is said goes nowhere: the reader of a pipe has left, a disk is full, a terminal is gone. */
export class OutputError extends InterruptedError {
  override readonly name = 'OutputError';
}

/** Milliseconds for work that heeds the signal: training stops within a submit, while compiling cannot be stopped. */
export const SOON = 3000;

export interface Interruption {
  /** Aborted with an InterruptedError. */
  readonly signal: AbortSignal;
  /** Milliseconds that what runs may take to end: none where nothing heeds the signal, Infinity where it has to save. */
  patience: number;
}

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** Of a process that writes into a pipe without a reader: 128 + SIGPIPE. */
const BROKEN_PIPE = 141;

/** `tell` hears of it before the process is ended. A second Ctrl-C ends it at once. */
export function interruption(tell: (error: InterruptedError) => void): Interruption {
  const controller = new AbortController();
  const interruption: Interruption = { signal: controller.signal, patience: 0 };
  const end = (error: InterruptedError): void => {
    if (interruption.patience === Number.POSITIVE_INFINITY) return;
    tell(error);
    process.exit(error.exitCode);
  };
  for (const [signal, exitCode] of Object.entries(signals)) {
    process.once(signal, () => {
      const error = new InterruptedError(`interrupted (${signal})`, exitCode);
      controller.abort(error);
      if (interruption.patience === 0) end(error);
      else setTimeout(end, SOON, error).unref();
    });
  }
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].on('error', (cause: NodeJS.ErrnoException) => {
      // What follows the first failure, and a terminal that is gone because it hung up.
      if (controller.signal.aborted) return;
      const error = outputError(name, cause);
      controller.abort(error);
      end(error);
    });
  }
  return interruption;
}

function outputError(name: string, cause: NodeJS.ErrnoException): OutputError {
  if (cause.code === 'EPIPE') return new OutputError(`${name}: the reader has closed the pipe`, BROKEN_PIPE, { cause });
  return new OutputError(`${name}: cannot be written: ${cause.message}`, 1, { cause });
}
