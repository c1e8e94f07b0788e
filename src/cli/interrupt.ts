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

const patience = 3000; // ms; training stops within a submit, while a download or a test cannot be stopped

export interface Interruption {
  /** Aborted with an InterruptedError. */
  readonly signal: AbortSignal;
  /** Whether what runs may take as long as it needs to end. */
  patient: boolean;
}

/** `tell` hears of it before the process is ended. A second Ctrl-C ends it at once. */
export function interruption(tell: (error: InterruptedError) => void): Interruption {
  const controller = new AbortController();
  const interruption: Interruption = { signal: controller.signal, patient: false };
  const signals = { SIGINT: 130, SIGTERM: 143 };
  for (const [signal, exitCode] of Object.entries(signals)) {
    process.once(signal, () => {
      const error = new InterruptedError(signal, exitCode);
      controller.abort(error);
      setTimeout(() => {
        if (interruption.patient) return;
        tell(error);
        process.exit(exitCode);
      }, patience).unref();
    });
  }
  return interruption;
}
