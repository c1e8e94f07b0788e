/**
 * The tuner: runs the search for faster forms between two submits of `fit`, up to a share of the training time. It never
 * runs on its own, and it changes no result: all forms of a step give the same bits.
 */
import type { Dispatch } from '../compiler/schedule.ts';
import { unlessAborted } from '../engine/compile-progress.ts';
import type { Device } from '../engine/device.ts';
import type { GpuProgram } from '../engine/gpu-program.ts';
import type { Node } from '../graph/graph.ts';
import { type Choices, keyOf } from './choices.ts';
import { type Pause, type Search, search } from './search.ts';

/**
 * When the tuner looks for the fastest form of each matrix product and convolution: in the `'background'` of `fit`, `'now'`,
 * before {@link compile} resolves, or never (`'off'`), which also ignores what was found earlier.
 */
export type TuneMode = 'background' | 'now' | 'off';

/** Tuning of one dispatch that can run in several forms. */
export interface DispatchTuning {
  /** Label of the dispatch: `'gemm + bias + relu'`. */
  readonly dispatch: string;
  /** Name of the form in use. */
  readonly form: string;
  /** Why that form is in use: it is the first of the menu, remembered from an earlier run, or measured in this one. */
  readonly status: 'default' | 'remembered' | 'measured';
  /** What went wrong, if the search ended before this dispatch. */
  readonly failure?: string;
  /** The forms tried, in this run or earlier. */
  readonly candidates: readonly {
    /** Name of the form. */
    readonly form: string;
    /** Milliseconds per dispatch, if it was timed. */
    readonly milliseconds?: number;
    /** Why the form is not used, if it was rejected. */
    readonly rejected?: string;
  }[];
}

/** What the tuner may take; tests set it. */
export const budget = {
  /** Part of the time of `fit`. */
  share: 0.1,
  /** Milliseconds for one net, all its fits together. */
  most: 10_000,
};

/** Milliseconds of training before the first look at what there is to do. */
const FIRST = 20;

export class Tuner {
  readonly #device: Device;
  readonly #program: GpuProgram;
  readonly #choices: Choices | undefined;
  readonly #remembered: ReadonlySet<Dispatch>;
  readonly #measured = new Set<Node>();
  #search: Search | undefined;
  #pause: Pause = { cost: FIRST };
  #over: boolean;
  #failure: string | undefined;
  /** The rest of the pause is the compiler's. */
  #compiling = false;
  /** Milliseconds: taken so far, of all earlier fits, and when the present one began. */
  #spent = 0;
  #trained = 0;
  #since = 0;

  /** Without choices it only tells which forms are in use. */
  constructor(device: Device, program: GpuProgram, choices?: Choices) {
    this.#device = device;
    this.#program = program;
    this.#choices = choices;
    this.#over = !choices;
    const { dispatches: steps } = program.schedule;
    this.#remembered = new Set(steps.filter((step) => step.form && choices?.get(keyOf(step))?.form === step.form.name));
  }

  get steps(): readonly DispatchTuning[] {
    return this.#program.schedule.dispatches.filter(({ form }) => form).map((step) => this.#tell(step));
  }

  /** A fit begins: from now on there is time to share. */
  begin(): void {
    this.#since = performance.now();
    this.#pause = { cost: FIRST };
    if (!this.#over) this.#search = this.#start();
  }

  /** What it would do with a quiet queue now; undefined where it has had its share, or nothing to do. */
  between(): (() => Promise<void>) | undefined {
    const trained = this.#trained + performance.now() - this.#since;
    const due = this.#spent + this.#pause.cost <= budget.share * trained && this.#spent < budget.most;
    return this.#search && !this.#over && !this.#compiling && due ? () => this.#advance(this.#search!) : undefined;
  }

  /** The fit is over: frees what a trial holds. What was not finished is begun again in the next one. */
  async end(): Promise<void> {
    this.#trained += performance.now() - this.#since;
    await this.#search?.return();
    this.#search = undefined;
  }

  /** Tries everything there is to try. Rejects with the signal's reason. */
  async finish(signal?: AbortSignal): Promise<void> {
    for await (const { after } of this.#start()) {
      signal?.throwIfAborted();
      if (after) await unlessAborted(after, signal);
    }
    this.#over = true;
  }

  #start(): Search {
    const settled = (step: Dispatch) => void this.#measured.add(step.nodes[0]);
    return search({ device: this.#device, program: this.#program, choices: this.#choices!, settled });
  }

  async #advance(running: Search): Promise<void> {
    const started = performance.now();
    try {
      const { value, done } = await running.next();
      if (done) this.#over = true;
      else this.#wait(value);
    } catch (error) {
      // Training goes on as it was; what is wrong with the device, it will find out.
      this.#over = true;
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    this.#spent += performance.now() - started;
  }

  #wait(pause: Pause): void {
    this.#pause = pause;
    if (!pause.after) return;
    const started = performance.now();
    const ready = (): void => {
      this.#compiling = false;
      if (this.#device.info.software) this.#spent += performance.now() - started;
    };
    this.#compiling = true;
    pause.after.then(ready, ready);
  }

  #tell(step: Dispatch): DispatchTuning {
    const tried = Object.entries(this.#choices?.get(keyOf(step))?.tried ?? {});
    const measured = this.#measured.has(step.nodes[0]);
    return {
      dispatch: step.label,
      form: step.form!.name,
      ...(this.#failure !== undefined && !measured && { failure: this.#failure }),
      status: measured ? 'measured' : this.#remembered.has(step) ? 'remembered' : 'default',
      candidates: tried.map(([form, result]) =>
        typeof result === 'number' ? { form, milliseconds: result } : { form, rejected: result },
      ),
    };
  }
}
