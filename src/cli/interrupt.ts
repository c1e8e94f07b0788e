/** Ctrl-C and `kill`: what runs is asked to stop through a signal, and ended as it is where it does not heed that. */
import { RetrogradError } from '../index.node.ts';

export class InterruptedError extends RetrogradError {
  override readonly name = 'InterruptedError';

  constructor(
    signal: string,
    readonly exitCode: number,
  ) {
    super(`interrupted (${signal})`);
  }
}

const patience = 3000; // ms; training stops within a submit, while a download or an evaluation cannot be stopped

/** Aborted with an InterruptedError, of which `tell` hears before the process is ended. A second Ctrl-C ends it at once. */
export function interruption(tell: (error: InterruptedError) => void): AbortSignal {
  const controller = new AbortController();
  const signals = { SIGINT: 130, SIGTERM: 143 };
  for (const [signal, exitCode] of Object.entries(signals)) {
    process.once(signal, () => {
      const error = new InterruptedError(signal, exitCode);
      controller.abort(error);
      setTimeout(() => {
        tell(error);
        process.exit(exitCode);
      }, patience).unref();
    });
  }
  return controller.signal;
}
