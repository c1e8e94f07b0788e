/** What the tab of one's own data asks of its worker, what comes back, and what a visitor can choose. */
import type { DatasetPair, TableColumn } from 'retrograd/data';
import type { ActivationName, OptimizerName } from '../../config.ts';
import type { Machine } from '../protocol.ts';

/** What separates the columns of a table. */
export const delimiters = { ',': 'Commas', ';': 'Semicolons', '\t': 'Tabs', '|': 'Bars' } as const;
export type Delimiter = keyof typeof delimiters;

/** What is done about a cell without a value, as `csv` has it. */
export const missingCells = {
  error: 'Stop at the first',
  mean: 'Fill them in',
  drop: 'Leave out their rows',
} as const;
export type MissingCells = keyof typeof missingCells;

/** Rows of a table, the first ones, that tell what its columns are. */
export const LOOKED_AT = 2000;

/** A column of a file as the library reads it. */
export interface OwnColumn {
  /** In the header; the number of the column, counted from 0, where there is none. */
  readonly name: string;
  /** Undefined where the library refuses the column as it is. */
  readonly kind?: TableColumn['kind'];
  /** How many different texts it has in the rows that were looked at, where it has categories. */
  readonly categories?: number;
  /** Why the library refuses the column, in its own words. */
  readonly problem?: string;
}

/** What a file holds, as far as it is looked through before anything is chosen. */
export interface OwnTable {
  readonly delimiter: Delimiter;
  readonly columns: readonly OwnColumn[];
  /** The first rows, as texts. */
  readonly rows: readonly (readonly string[])[];
  /** Rows in all. */
  readonly count: number;
}

/** A table to train on. Columns are named by their numbers, counted from 0. */
export interface TableData {
  readonly kind: 'table';
  readonly file: File;
  readonly delimiter: Delimiter;
  readonly target: number;
  /** Whether the target is one of several classes, not a number. */
  readonly isClass: boolean;
  readonly inputs: readonly number[];
  /** Those of the inputs whose numbers are categories. */
  readonly categorical: readonly number[];
  readonly missing: MissingCells;
}

/** Pictures to tell apart. */
export interface PicturesData {
  readonly kind: 'pictures';
  /** Files of each class by its name. */
  readonly classes: Readonly<Record<string, readonly File[]>>;
  /** Pixels on a side that they are scaled to. */
  readonly side: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
}

/** Symbols that the visitor has drawn. */
export interface SymbolsData {
  readonly kind: 'symbols';
  /** 28 × 28 numbers from 0 to 1 of each drawing. */
  readonly symbols: readonly { readonly name: string; readonly drawings: readonly Float32Array[] }[];
}

export type OwnData = TableData | PicturesData | SymbolsData;
export type OwnKind = OwnData['kind'];

export interface OwnSettings {
  /** Percentage of the samples that are held out for the test. */
  readonly heldOut: number;
  /** Whether two convolutions come first, each with a pooling, where samples are pictures. */
  readonly isConvolutional: boolean;
  /** Whether pictures are shifted, turned and scaled a little, at random in every step. */
  readonly isAugmented: boolean;
  /** Units of each hidden layer of the kind that sees all of a sample. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batch: number;
  /** After so many training pauses. */
  readonly epochs: number;
  readonly seed: number;
}

export const ownLimits = {
  heldOut: { least: 5, most: 50 },
  layers: 4,
  units: { least: 1, most: 512 },
  learningRate: { least: 0, most: 10 },
  batch: { least: 1, most: 500 },
  epochs: { least: 1, most: 10_000 },
  seed: { least: 0, most: 2 ** 32 - 1 },
} as const;

const usual: OwnSettings = {
  heldOut: 20,
  isConvolutional: false,
  isAugmented: false,
  hidden: [16],
  activation: 'tanh',
  optimizer: 'adam',
  learningRate: 0.01,
  batch: 16,
  epochs: 100,
  seed: 1,
};

/** For few pictures. */
const small: OwnSettings = {
  ...usual,
  hidden: [32],
  activation: 'relu',
  learningRate: 0.005,
  batch: 8,
  epochs: 50,
};

export const usualOwn: Readonly<Record<OwnKind, OwnSettings>> = {
  table: usual,
  pictures: { ...small, isConvolutional: true },
  symbols: { ...small, isAugmented: true },
};

/** How well a net does on some samples. */
export interface OwnScore {
  /** Mean per sample; of numbers, as a share of what guessing their mean would get. */
  readonly loss: number;
  /** Share of the samples put in their class. */
  readonly accuracy?: number;
  /** Mean distance from the target, in its units. */
  readonly meanError?: number;
}

/** Everything that is shown of one step. */
export interface OwnFrame {
  readonly step: number;
  readonly train: OwnScore;
  readonly test: OwnScore;
  /** Samples held out, [class][guess]. */
  readonly confusion?: readonly (readonly number[])[];
  /** Target and prediction of some samples held out, one pair after another. */
  readonly pairs?: Float32Array;
}

/** What a net tells apart, or the number that it approximates. */
export type OwnTarget = { readonly kind: 'class'; readonly classes: readonly string[] } | { readonly kind: 'number' };

/** A net that is ready to train. */
export interface OwnPrepared {
  readonly machine: Machine;
  readonly train: number;
  readonly test: number;
  readonly target: OwnTarget;
  /** The columns of the inputs, of a table. */
  readonly columns?: readonly TableColumn[];
  /** Of a sample: [inputs], or [channels, height, width]. */
  readonly shape: readonly number[];
  /** Numbers that training adjusts. */
  readonly parameters: number;
  readonly stepsOfEpoch: number;
  readonly frame: OwnFrame;
}

/** A picture held out that the net is wrong about, or least sure of. */
export interface OwnMistake {
  /** Of its class, and of the likeliest one, by their places among the classes. */
  readonly label: number;
  readonly guess: number;
  /** Of its class. */
  readonly probability: number;
  /** Bytes [channels, height, width]. */
  readonly pixels: Uint8Array;
}

export interface OwnLab {
  /** Looks a table through. The delimiter is guessed where none is given. Rejects with DataError naming line and column. */
  openTable(file: File, delimiter?: Delimiter): Promise<OwnTable>;
  /** Reads the data and makes a net for them. Opens a device if there is none. Rejects with DataError, ... by name. */
  prepare(data: OwnData, settings: OwnSettings): Promise<OwnPrepared>;
  /** Trains for about as long as a glance takes, at most until the net has made so many steps, and looks. */
  advance(until: number): Promise<OwnFrame>;
  setLearningRate(learningRate: number): Promise<void>;
  /** The outputs for a row of the table, its cells by the names of their columns: a probability per class, or a number. */
  predictRow(cells: Readonly<Record<string, string>>): Promise<Float32Array>;
  /** The same for the file of a picture, which is scaled as those of training were, and its bytes then. */
  predictPicture(file: File): Promise<{ readonly outputs: Float32Array; readonly pixels: Uint8Array }>;
  /** The same for the numbers of a sample. */
  predict(sample: Float32Array): Promise<Float32Array>;
  /** The net as the bytes of a safetensors file; `whole` with the state of the optimizer. */
  save(whole?: boolean): Promise<Uint8Array<ArrayBuffer>>;
  /** What it is trained on. */
  data(): Promise<DatasetPair>;
  /** Goes on from the weights of such a file. Rejects with DataError, and then changes nothing. */
  load(file: File): Promise<OwnFrame>;
  /** Pictures held out whose class has the least probability, the worst first. */
  mistakes(): Promise<readonly OwnMistake[]>;
}
