/** What the page asks of the lab, which runs in a worker, and what the lab tells the page. */
import type { Advice, Missing, Report, StepBytes, Tensor } from 'retrograd';
import type { Profile } from 'retrograd/bench';
import type { Config } from '../config.ts';

/** Pixels on a side of an image, and classes. */
export const SIDE = 28;
export const CLASSES = 10;

export interface Machine {
  readonly kind: 'gpu' | 'cpu';
  /** 'llvmpipe (LLVM 15.0.6, 256 bits)' */
  readonly name: string;
  /** A GPU that is played by the CPU. */
  readonly software: boolean;
  /** Why there is no GPU, where there is none. */
  readonly reason?: string;
  readonly missing?: Missing;
  /** How to get one. */
  readonly advice?: Advice;
}

export interface DataSummary {
  readonly name: string;
  /** 'generated', a URL, 'files given'. */
  readonly source: string;
  readonly train: number;
  readonly test: number;
}

/** Which run a net is of; `runs` has it once it is kept. */
export interface RunIdentity {
  readonly id: string;
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
}

/** A net that is ready to train. */
export interface Prepared {
  readonly run: RunIdentity;
  readonly data: DataSummary;
  /** Numbers that training adjusts. */
  readonly parameters: number;
  readonly graph: string;
  /** Not on the CPU, which runs the graph. */
  readonly schedule?: string;
  readonly dispatches?: number;
  /** Loss and accuracy on the test samples before the first step. */
  readonly start: Evaluated;
}

/** opening -> preparing -> paused <-> running; or failed, or cancelled while preparing, or lost with the device. */
export type Status = 'opening' | 'preparing' | 'paused' | 'running' | 'failed' | 'cancelled' | 'lost';

/** How far a net is that is being prepared: pipelines, numbers of weights, samples of the first test. */
export interface Preparing {
  readonly phase: 'pipelines' | 'weights' | 'test';
  readonly done: number;
  readonly total: number;
}

/** All progress and evaluations of a net so far. */
export interface Curves {
  readonly losses: readonly Progress[];
  readonly evaluations: readonly Evaluated[];
}

export interface Progress {
  /** Steps trained in all. */
  readonly step: number;
  /** Seconds spent training, pauses left out. */
  readonly seconds: number;
  /** From 1; the one under way. */
  readonly epoch: number;
  readonly stepOfEpoch: number;
  readonly stepsOfEpoch: number;
  /** Mean per sample over the steps since the last time this was told, and in this epoch. */
  readonly loss: number;
  readonly samplesPerSecond: number;
}

export interface Evaluated {
  readonly step: number;
  readonly seconds: number;
  /** On the test samples; mean per sample, and the share put in its class. */
  readonly loss: number;
  readonly accuracy: number;
  /** The same share of some training samples. */
  readonly trainingAccuracy?: number;
}

/** A run as this browser keeps it. */
export interface KeptRun extends RunIdentity {
  /** When it was kept last. */
  readonly at: number;
  /** Every entry of its configuration, as an address has them. */
  readonly settings: string;
  /** Of its net, at any learning rate. */
  readonly key: string;
  readonly data: DataSummary;
  /** Name of the machine that trained it last. */
  readonly machine: string;
  readonly parameters: number;
  readonly curves: Curves;
  /** Whether a reload goes on with it: no other run of the same net has taken its place. */
  readonly goesOn: boolean;
  /** Where training goes on, if a checkpoint is kept: what was found there, and what came before the counts of the net. */
  readonly held?: {
    readonly evaluated: Evaluated;
    readonly before: { readonly steps: number; readonly epochs: number };
  };
}

export type LabEvent =
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'preparing'; readonly preparing: Preparing }
  /** The net that is being prepared goes on from what was kept of an earlier visit. */
  | { readonly kind: 'restored'; readonly curves: Curves }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'evaluated'; readonly evaluated: Evaluated }
  /** The first weights, a few times a second: W1 [units, 784], or [filters, channels · kernel²] of a convolution. */
  | { readonly kind: 'weights'; readonly weights: Tensor }
  /**
   * What the net computes of the image that is watched, as often: a1 [units, 1] or [channels, height, width, 1], W2 [out, in], ...,
   * prediction [10, 1].
   */
  | { readonly kind: 'activity'; readonly tensors: Readonly<Record<string, Tensor>> }
  | { readonly kind: 'download'; readonly file: string; readonly received: number; readonly total?: number }
  /** Something went wrong outside of a call. `name` is that of the error class. */
  | { readonly kind: 'problem'; readonly name: string; readonly message: string }
  /** The device was lost. Training goes on with another one, from a step before. */
  | { readonly kind: 'recovered'; readonly machine: Machine; readonly step: number }
  /** The device is gone; what the lab still holds, if anything. */
  | { readonly kind: 'lost'; readonly message: string; readonly held?: Evaluated };

/** One image: 784 numbers from 0 to 1, row by row, and its class where it is known. */
export interface Sample {
  readonly pixels: Float32Array;
  readonly label?: number;
}

export interface Mistake {
  /** In the test set. */
  readonly index: number;
  readonly label: number;
  readonly guess: number;
  /** Of the guess and of the label. */
  readonly guessProbability: number;
  readonly labelProbability: number;
  readonly pixels: Float32Array;
}

export interface TestResult {
  readonly step: number;
  readonly count: number;
  readonly accuracy: number;
  /** [label][guess] */
  readonly confusion: readonly (readonly number[])[];
  /** Places in the test set of some of the samples that were counted in a cell, [label][guess], the most convinced first. */
  readonly examples: readonly (readonly (readonly number[])[])[];
  /** The most convinced first. */
  readonly mistakes: readonly Mistake[];
}

/** One training on a device that is lost on the way, and the same one on a device that is not. */
export interface RecoveryProof {
  /** Of each training. */
  readonly steps: number;
  readonly lostAfter: number;
  /** Devices that were opened in place of a lost one. */
  readonly recoveries: number;
  /** SHA-256 of the parameters at the end, without the loss and with it. */
  readonly digests: readonly [string, string];
}

/** How fast a training step is. */
interface StepTime {
  readonly milliseconds: number;
  readonly gflopPerSecond: number;
}

export interface Speed {
  readonly gpu: StepTime;
  /** Of the reference. */
  readonly cpu: StepTime;
  /** What the GPU reaches in a product of two large square matrices. */
  readonly limit: { readonly size: number; readonly gflopPerSecond: number };
}

/** Bytes on the device. */
export interface Memory extends StepBytes {
  /** The training and test samples. */
  readonly data: number;
}

export type Parameters = Record<string, Tensor>;

export interface Lab {
  /** Called once, before anything else. Where there is no adapter, it works on the CPU. */
  open(listener: (event: LabEvent) => void): Promise<Machine>;
  /**
   * Loads the data and compiles the net; a run under way ends. Goes on with the run that `restore` names, or with the last one
   * of this net where it is true, if that is kept; otherwise a new run begins, with fresh weights. Rejects with DataError,
   * NoAdapterError, ... by name.
   */
  prepare(config: Config, restore?: boolean | string): Promise<Prepared>;
  /** Gives up what is being prepared, which then rejects with StateError. */
  cancel(): Promise<void>;
  /**
   * Keeps the run with these curves, and with the checkpoint of its last evaluation, for `prepare` after a reload. Rejects where
   * the browser keeps nothing, which changes nothing of what is kept.
   */
  keep(curves: Curves): Promise<void>;
  /** The runs that are kept, in the order in which they were. Rejects as `keep`. */
  runs(): Promise<KeptRun[]>;
  /** Keeps a run no longer. Rejects as `keep`. */
  forget(id: string): Promise<void>;
  /** Takes the four IDX files in place of those the known sets come from. Rejects with DataError naming file and place. */
  useFiles(files: File[]): Promise<DataSummary>;
  start(): Promise<void>;
  pause(): Promise<void>;
  /** One step of training. */
  step(): Promise<void>;
  setLearningRate(learningRate: number): Promise<void>;
  /** A sample of the data in use. */
  sample(set: 'train' | 'test', index: number): Promise<Sample>;
  /** Tells what the net computes of this image from now on, and what nets after it compute of it. */
  watch(pixels: Float32Array): Promise<void>;
  /** Ten probabilities (or outputs, where the loss does not make probabilities of them). */
  predict(pixels: Float32Array): Promise<Float32Array>;
  /**
   * Every tensor of a forward and backward pass on one sample with the weights of now, by name: x z1 a1 slope1 delta1 W1 b1
   * dW1 db1 ... losses prediction, as [features, 1]. slope is σ'(z). And gW1 gb1 ..., the means of the gradients over a batch:
   * this sample and the first of the training set.
   */
  inspect(sample: Required<Sample>): Promise<Record<string, Tensor>>;
  /** The test sample that the net is wrong about, of the first few hundred, and surest of; undefined if there is none. */
  mistake(): Promise<(Required<Sample> & { readonly index: number }) | undefined>;
  /** Runs the whole test set. */
  test(): Promise<TestResult>;
  /** One step against the CPU reference; the report also where a bound is exceeded. */
  check(): Promise<Report>;
  /** GPU time per kernel over some steps of training; undefined without timestamp queries. */
  profile(): Promise<Profile | undefined>;
  /** Destroys a device while a net of its own trains on it, and compares the end with that of an undisturbed training. */
  loseDevice(): Promise<RecoveryProof>;
  /** Times nets like this one on the GPU and on the CPU; training rests meanwhile. */
  speed(): Promise<Speed>;
  memory(): Promise<Memory>;
  /** The weights, as the bytes of a safetensors file; `whole` with the state of the optimizer. */
  save(whole?: boolean): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Goes on from the weights of such a file, with an optimizer that remembers nothing. Rejects with DataError naming every
   * difference, and then changes nothing.
   */
  load(file: Blob): Promise<void>;
  /** After a loss: a new device, the same run, from the checkpoint of its last evaluation. */
  recover(): Promise<{ readonly machine: Machine; readonly prepared?: Prepared }>;
}
