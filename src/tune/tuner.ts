/**
 * The tuner: lets the search for faster forms have the queue of the device between two submits of `fit`, up to a share of
 * the time that training takes. It never runs by itself, and changes no result: all forms of a step give the same bits.
 */
import type { Dispatch } from '../compiler/schedule.ts';
import { unlessAborted } from '../engine/compile-progress.ts';
import type { Device } from '../engine/device.ts';
import type { GpuProgram } from '../engine/gpu-program.ts';
import type { Node } from '../graph/graph.ts';
import { type Choices, keyOf } from './choices.ts';
import { type Pause, search } from './search.ts';

/**
 * 'background': from the first `fit` on, beside training. 'now': all of it in `compile`. 'off': the first form of every
 * menu, whatever is remembered.
 */
export type TuneMode = 'background' | 'now' | 'off';

/** A step that has a choice of forms. */
export interface StepTuning {
  readonly step: string;
  /** In use now. */
  readonly form: string;
  /** The first of the menu, one remembered from earlier, or what measurements of this run led to. */
  readonly status: 'default' | 'remembered' | 'measured';
  /** Why the search ended before it came to this step, where something went wrong. */
  readonly failure?: string;
  /** What was tried, in this run or before: milliseconds per dispatch, or why it may not be used. */
  readonly candidates: readonly {
    readonly form: string;
    readonly milliseconds?: number;
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
  #search: ReturnType<typeof search> | undefined;
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

  get steps(): readonly StepTuning[] {
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

  #start(): ReturnType<typeof search> {
    const settled = (step: Dispatch) => void this.#measured.add(step.nodes[0]);
    return search({ device: this.#device, program: this.#program, choices: this.#choices!, settled });
  }

  async #advance(running: ReturnType<typeof search>): Promise<void> {
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

  #tell(step: Dispatch): StepTuning {
    const tried = Object.entries(this.#choices?.get(keyOf(step))?.tried ?? {});
    const measured = this.#measured.has(step.nodes[0]);
    return {
      step: step.label,
      form: step.form!.name,
      ...(this.#failure !== undefined && !measured && { failure: this.#failure }),
      status: measured ? 'measured' : this.#remembered.has(step) ? 'remembered' : 'default',
      candidates: tried.map(([form, result]) =>
        typeof result === 'number' ? { form, milliseconds: result } : { form, rejected: result },
      ),
    };
  }
}
