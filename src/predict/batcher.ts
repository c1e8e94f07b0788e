/**
 * Runs samples of many calls through a net. Programs of a few sizes are made as they are needed; samples that wait at the same
 * time share a batch, whoever asked for them, so that a server does not run one batch for each request.
 */
import { NonFiniteError, StateError } from '../base/errors.ts';
import { rows, toColumns, toSamples } from '../base/tensor.ts';
import { breathe } from '../engine/compile-progress.ts';
import type { Engine, Program } from '../engine/engine.ts';
import type { Graph } from '../graph/graph.ts';
import { stepRow } from '../graph/step-row.ts';

export interface PredictionGraph {
  readonly graph: Graph;
  /** Name of the tensor that is predicted. */
  readonly prediction: string;
}

/** What a batcher is for: a net whose weights are in a program. */
export interface Net {
  readonly engine: Engine;
  /** Values of a sample that go in and come out. */
  readonly inputs: number;
  readonly outputs: number;
  /** Names of the weights. */
  readonly weights: readonly string[];
  /** The graph for so many samples at a time. */
  graphOf(batch: number): PredictionGraph;
}

/** Samples of a batch: each is at most four times as large as it has to be. */
const SIZES = [1, 4, 16, 64, 256, 1024];

/** Bytes that the tensors of one program may have, were each to have memory of its own. A single sample may need more. */
const MOST_BYTES = 2 ** 27;

/** Batches on the device at a time: while one is computed, the next is sent. */
const AHEAD = 2;

/** A call: its samples, how many of them are in batches and how many are done. */
interface Call {
  /** [n][inputs] */
  readonly x: Float32Array;
  /** [n][outputs] */
  readonly out: Float32Array;
  readonly count: number;
  begun: number;
  done: number;
  resolve(out: Float32Array): void;
  reject(error: unknown): void;
}

/** Samples of a call, from `first` on, that are in one batch. */
interface Part {
  readonly call: Call;
  readonly first: number;
  readonly count: number;
}

export class Batcher {
  readonly #net: Net;
  /** The program of one sample, which holds the weights of all. */
  readonly #single: Program;
  readonly #sizes: readonly number[];
  readonly #programs = new Map<number, Promise<{ program: Program; prediction: string }>>();
  readonly #waiting: Call[] = [];
  #running = 0;
  #closed = false;

  private constructor(net: Net, single: Program, { graph, prediction }: PredictionGraph) {
    this.#net = net;
    this.#single = single;
    this.#programs.set(1, Promise.resolve({ program: single, prediction }));
    const bytes = 4 * graph.nodes.reduce((sum, { shape }) => sum + rows(shape), 0);
    this.#sizes = SIZES.filter((size) => size === 1 || size * bytes <= MOST_BYTES);
  }

  /** Makes the program of one sample. Throws OutOfMemoryError and ShaderError. */
  static async of(net: Net, write: (program: Program) => void): Promise<Batcher> {
    const made = net.graphOf(1);
    const single = await net.engine.program(made.graph, { keep: ({ name }) => name === made.prediction });
    write(single);
    await net.engine.settled();
    return new Batcher(net, single, made);
  }

  /** What programs beside those of the batcher share with them. */
  get weights(): { readonly program: Program; readonly names: readonly string[] } {
    return { program: this.#single, names: this.#net.weights };
  }

  /** Most samples of a batch. */
  get most(): number {
    return this.#sizes[this.#sizes.length - 1];
  }

  /** Samples [n][inputs] -> [n][outputs]. Throws NonFiniteError for an output that is no finite number. */
  run(x: Float32Array): Promise<Float32Array> {
    const count = x.length / this.#net.inputs;
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closed();
      const out = new Float32Array(count * this.#net.outputs);
      this.#waiting.push({ x, out, count, begun: 0, done: 0, resolve, reject });
      this.#next();
    });
  }

  /** Every call that is not done rejects with StateError. */
  close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
  }

  #next(): void {
    while (this.#running < AHEAD && this.#waiting.length > 0) {
      const parts = this.#take();
      this.#running++;
      this.#predict(parts)
        .catch((error) => {
          for (const { call } of parts) this.#fail(call, error);
        })
        .finally(() => {
          this.#running--;
          this.#next();
        });
    }
  }

  /** The samples that wait longest, as many as fit into a batch. */
  #take(): Part[] {
    const parts: Part[] = [];
    let room = this.most;
    while (room > 0 && this.#waiting.length > 0) {
      const [call] = this.#waiting;
      const count = Math.min(room, call.count - call.begun);
      parts.push({ call, first: call.begun, count });
      call.begun += count;
      room -= count;
      if (call.begun === call.count) this.#waiting.shift();
    }
    return parts;
  }

  async #predict(parts: readonly Part[]): Promise<void> {
    const { engine, inputs, outputs } = this.#net;
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    const batch = this.#sizes.find((size) => size >= count)!;
    const { program, prediction } = await this.#programOf(batch);
    if (engine.kind === 'cpu') await breathe(); // the CPU computes at once, and others want to be heard
    const samples = parts.map(({ call, first, count }) => call.x.subarray(first * inputs, (first + count) * inputs));
    program.write('x', toColumns(samples.length === 1 ? samples[0] : joined(samples), inputs, batch));
    engine.run([{ programs: [program], rows: [stepRow({ columns: count })] }]);
    const values = toSamples(await program.read(prediction), outputs, batch, count);
    let at = 0;
    for (const part of parts) {
      this.#finish(part, values.subarray(at, at + part.count * outputs));
      at += part.count * outputs;
    }
  }

  #finish({ call, first, count }: Part, values: Float32Array): void {
    const { outputs } = this.#net;
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const place = `output ${bad % outputs} of sample ${first + Math.floor(bad / outputs)}`;
      this.#fail(
        call,
        new NonFiniteError(`predict: ${place} is ${values[bad]}: the inputs or the weights are too large`),
      );
      return;
    }
    call.out.set(values, first * outputs);
    call.done += count;
    if (call.done === call.count) call.resolve(call.out);
  }

  /** Nothing more of the call is run. */
  #fail(call: Call, error: unknown): void {
    const at = this.#waiting.indexOf(call);
    if (at >= 0) this.#waiting.splice(at, 1);
    call.reject(error);
  }

  #programOf(batch: number): Promise<{ program: Program; prediction: string }> {
    const known = this.#programs.get(batch);
    if (known) return known;
    const { graph, prediction } = this.#net.graphOf(batch);
    const made = this.#net.engine
      .program(graph, { keep: ({ name }) => name === prediction, shared: [this.weights] })
      .then((program) => ({ program, prediction }));
    this.#programs.set(batch, made);
    made.catch(() => this.#programs.delete(batch));
    return made;
  }
}

const closed = (): StateError => new StateError('predict: this model has been destroyed');

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
