/**
 * Runs work on a device and gives its errors to the caller who asked for it: several nets may share a device, and errors of
 * one do not concern the others. WebGPU reports an error long after the call that caused it, so each piece of work has its
 * own error scopes, and whoever waits for the device waits for those too.
 */
import { OutOfMemoryError, RetrogradError } from '../base/errors.ts';

export interface Guard {
  /** Does work that may be refused; `what` says what it is, as in 'to write W1'. `heard` gets the verdict before anybody is told. */
  run(what: string, work: () => void, heard?: (accepted: boolean) => void): void;
  /** Resolves when nothing was refused of the work done so far; rejects with the first error. */
  settled(): Promise<void>;
  /** Throws an error that nobody has waited for, once. */
  assertNone(): void;
}

/** The part of a device that runs work on it and says why a call failed. */
export interface Guarded {
  readonly gpu: GPUDevice;
  answer<T>(work: Promise<T>, what: string): Promise<T>;
  explain(cause: unknown, what: string): Promise<never>;
}

export function guardOf(device: Guarded): Guard {
  const outstanding = new Set<Promise<RetrogradError | undefined>>();
  let untold: RetrogradError | undefined;
  const tell = (error: RetrogradError | undefined): void => {
    if (!error) return;
    if (untold === error) untold = undefined;
    throw error;
  };
  return {
    run(what, work, heard) {
      const verdict = errorOf(device, what, work).then((error) => {
        outstanding.delete(verdict);
        heard?.(!error);
        untold ??= error;
        return error;
      });
      outstanding.add(verdict);
    },
    async settled() {
      const errors = await Promise.all(outstanding);
      // Whoever waits is told of the first; those that followed from the same call are not another's to hear.
      if (errors.includes(untold)) untold = undefined;
      tell(errors.find(Boolean));
    },
    assertNone: () => tell(untold),
  };
}

/** What the work gives, if the device does not refuse it. */
export async function guarded<T>(device: Guarded, what: string, work: () => T): Promise<T> {
  let result: T;
  const error = await errorOf(device, what, () => {
    result = work();
  });
  if (error) throw error;
  return result!;
}

async function errorOf(device: Guarded, what: string, work: () => void): Promise<RetrogradError | undefined> {
  try {
    const refused = await refusal(device, what, work);
    if (!refused) return undefined;
    const Refusal = refused.isMemory ? OutOfMemoryError : RetrogradError;
    return new Refusal(`The device refused ${what}: ${refused.message}`);
  } catch (error) {
    return error as RetrogradError;
  }
}

/** Resolves when the device has done everything that is queued. */
export const finished = ({
  gpu,
  wait,
  explain,
}: Omit<Guarded, 'answer'> & { wait: Guarded['answer'] }): Promise<undefined> =>
  wait(gpu.queue.onSubmittedWorkDone(), FINISH).catch((cause) => explain(cause, FINISH));

const FINISH = 'to finish its work';

export interface Refusal {
  /** Whether there is not enough memory for it. */
  readonly isMemory: boolean;
  /** What the device says. */
  readonly message: string;
}

const filters = ['internal', 'out-of-memory', 'validation'] as const;

/**
 * What the device says against some work, if anything. Rejects as `Device.explain` where a call fails. Scopes are one stack per
 * device: pushed and popped without a pause, so they cannot cross those of others.
 */
export async function refusal(
  { gpu, answer, explain }: Guarded,
  what: string,
  work: () => void,
): Promise<Refusal | undefined> {
  for (const filter of filters) gpu.pushErrorScope(filter);
  let thrown: { readonly cause: unknown } | undefined;
  try {
    work();
  } catch (cause) {
    thrown = { cause };
  }
  const scopes = Promise.all(filters.map(() => gpu.popErrorScope()));
  const [validation, memory, internal] = await answer(scopes, what).catch((cause) => explain(cause, what));
  const error = validation ?? memory ?? internal;
  if (error) return { isMemory: Boolean(memory), message: error.message };
  return thrown && explain(thrown.cause, what);
}
