/** What training needs from a device. Two engines: `gpuEngine` runs the schedule, `cpuEngine` the graph. */
import type { Shape } from '../base/tensor.ts';
import type { Limits } from '../compiler/fuse.ts';
import type { Schedule } from '../compiler/schedule.ts';
import type { Graph, Node } from '../graph/graph.ts';
import type { Data, Form } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import type { Recall } from './choose-forms.ts';
import type { Watched } from './compile-progress.ts';
import type { Device } from './device.ts';

export interface ProgramOptions extends Watched {
  /** Whether steps raise flags where NaN or infinity comes of what they overwrite; they are read by the name `FLAGS`. */
  readonly watched?: boolean;
  /** Nodes that can be read after a run. */
  readonly keep: (node: Node) => boolean;
  /** One kernel per node, and the form a kernel op takes. */
  readonly separate?: boolean;
  readonly formOf?: (node: Node) => Form | undefined;
  /** The form that measurements found for a step. */
  readonly recall?: Recall;
  /** Tensors that are those of other programs, of the same names where `as` does not say others. */
  readonly shared?: readonly {
    readonly program: Program;
    readonly names: readonly string[];
    readonly as?: ReadonlyMap<string, string>;
  }[];
}

/**
 * The flags of a watched program, by turns with its tensors: each 0, or the number that the first step had that raised it (see
 * `StepRow.number`).
 */
export const FLAGS = ' flags';

/** Steps of the same programs: for each row, each program in turn. */
export interface Part {
  readonly programs: readonly Program[];
  readonly rows: readonly StepRow[];
}

/** What to read of a program. */
export interface Wanted {
  readonly program: Program;
  readonly name: string;
  /** Of a tensor that is not in parts, only these along its first dimension. Default: all. */
  readonly range?: { readonly from: number; readonly to: number };
}

/** Values as a tensor of a program has them, in memory that is no program's: buffers of a GPU, or an array of the CPU. */
export type Memory = readonly GPUBuffer[] | Float32Array;

/** A graph made ready to run: its buffers, and on a GPU its pipelines and bind groups. */
export interface Program {
  readonly graph: Graph;
  /** What a GPU runs; undefined on the CPU. */
  readonly schedule?: Schedule;
  readonly tensors: ReadonlyMap<string, { readonly shape: Shape }>;
  /** Overwrites a tensor, given compact [rows][columns], or the packed samples of a data set. Queued, in order with runs. */
  write(name: string, data: Data): void;
  /** Copies a tensor out to memory of its layout, or in from there. Queued, in order with runs. */
  copy(name: string, memory: Memory, way: 'out' | 'in'): void;
  /** The tensor after everything queued so far, compact. Rejects where any of that was refused. */
  read(name: string): Promise<Float32Array<ArrayBuffer>>;
  /** The same for several at once, in one copy where it is not too large: one wait instead of one for each. */
  readAll(names: readonly string[]): Promise<ReadonlyMap<string, Float32Array<ArrayBuffer>>>;
  /** Sets the flags, in the order in which they are read; by default it lowers all. Queued, in order with runs. */
  setFlags(values?: ArrayLike<number>): void;
  /** Frees its own buffers; those it shares stay. What it shares with an heir is the heir's from then on. */
  destroy(heir?: Program): void;
}

export interface Engine {
  readonly kind: 'gpu' | 'cpu';
  /** The adapter, for people. */
  readonly name: string;
  /** What it runs on; undefined on the CPU. */
  readonly device?: Device;
  /** Largest tensor it can bind, in bytes. */
  readonly largest: number;
  /** What one dispatch may take; undefined on the CPU. */
  readonly limits?: Limits;
  /** How many rows `run` takes at most. */
  readonly maxRows: number;
  program(graph: Graph, options: ProgramOptions): Promise<Program>;
  /** Makes ready what running these many times can gain, where one submit may hold all of them; they run without it too. */
  prepare(parts: readonly (readonly Program[])[]): Promise<void>;
  /**
   * Part after part. On a GPU: one encoder, one submit; returns at once. Where the device refuses that, no step of it happens:
   * `refused` is called, and then whoever waits for the engine is told.
   */
  run(parts: readonly Part[], refused?: () => void): void;
  /** Tensors of several programs as `Program.readAll` reads those of one. */
  read(wanted: readonly Wanted[]): Promise<Float32Array<ArrayBuffer>[]>;
  /** When everything queued so far is done, whatever became of it. Rejects with DeviceLostError. Absent on the CPU: `run` does it all. */
  done?(): Promise<void>;
  /** When everything queued so far is done. Rejects with DeviceLostError or what else went wrong with it. */
  settled(): Promise<void>;
  /** Destroys every program made, and ends what is under way with StateError, or with another reason. */
  destroy(why?: Error): void;
}
