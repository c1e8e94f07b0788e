/**
 * What an experiment is: a few nets that differ in one thing, what is measured of each while it trains, and what that shows.
 * Pages and the worker share these objects. They are given the library, so that a page need not load it.
 */
import type { CompileOptions, Device, FitOptions, Model, Trainer } from 'retrograd';
import type { Dataset } from 'retrograd/data';
import type { Tools } from './tools.ts';

export interface Experiment {
  /** As in the address. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, in three sentences that anybody understands. '[loss]' or '[batch|batches]' is a word of the glossary. */
  readonly text: readonly [string, string, string];
  /** Why it is so, with equations. 'W^{T}' has a superscript. */
  readonly why: string;
  /** The nets, one beside the other. */
  readonly sides: readonly Side[];
  /** Steps that each net is trained, and steps from one look at it to the next. */
  readonly steps: number;
  readonly every: number;
  /** The samples, which all nets have in common. */
  readonly data: (tools: Tools, seed: number) => Samples;
  /** Called once for each net; what comes back measures that net as it is then. */
  readonly looking: (
    tools: Tools,
    net: Trainer,
    samples: Samples,
    options: SideNet['options'],
  ) => Promise<() => Promise<Values>>;
  /** The loss for each pair of weights, of nets with two of them. */
  readonly landscape?: (tools: Tools, samples: Samples, device: Device | 'cpu') => Promise<Landscape>;
  /** The first is the one that the experiment is about. */
  readonly findings: readonly Finding[];
  readonly pictures: readonly Picture[];
}

export interface Side {
  readonly title: string;
  readonly net: (tools: Tools, samples: Samples) => SideNet;
}

export interface SideNet {
  readonly model: Model;
  readonly options: Omit<CompileOptions, 'device' | 'seed' | 'tune'>;
  readonly fit?: Pick<FitOptions, 'augment' | 'onNonFinite'>;
}

export interface Samples {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** What was measured, by name: one number, or one for each layer, unit or weight. */
export type Values = Readonly<Record<string, readonly number[]>>;

export interface Look {
  /** Steps trained until then. */
  readonly step: number;
  readonly values: Values;
}

/** Why a net trains no further: what the library says, and where it found NaN or infinity. */
export interface Stopped {
  readonly name: string;
  readonly message: string;
  readonly step?: number;
  readonly layer?: string;
  readonly tensor?: string;
}

/** What became of one net so far. */
export interface Course {
  readonly looks: readonly Look[];
  readonly stopped?: Stopped;
}

/** A number that shows the effect. */
export interface Finding {
  readonly id: string;
  /** Each net has been looked at once at least. NaN as long as it cannot be told. */
  readonly of: (courses: readonly Course[]) => number;
  /** The number as the page writes it: '1/340'. */
  readonly shown: (value: number) => string;
  /** What it means, with words of the glossary as in a text: '|δ¹| is 1/340 of |δ⁵| in the sigmoid network.' */
  readonly says: (value: number, courses: readonly Course[]) => string;
  /** Where it lies at the end, whatever the seed. */
  readonly claim: { readonly least?: number; readonly most?: number };
}

/** The losses on a grid of weights, row by row from the upper left: the first weight grows to the right, the second upwards. */
export interface Landscape {
  readonly across: readonly [least: number, most: number];
  readonly up: readonly [least: number, most: number];
  readonly columns: number;
  readonly losses: readonly number[];
}

/** Pictures are of one of the values, by its name. */
export type Picture = CurvesPicture | LayersPicture | UnitsPicture | PathPicture;

interface Pictured {
  readonly title: string;
  /** Name of the values. */
  readonly of: string;
}
/** A number over the steps, a curve for each net. */
export interface CurvesPicture extends Pictured {
  readonly kind: 'curves';
  readonly axis: string;
  readonly log?: boolean;
  /** Upper end of the axis. What is larger is beyond it. */
  readonly most?: number;
}
/** A number for each layer, as bars on a logarithmic axis, for each net. */
export interface LayersPicture extends Pictured {
  readonly kind: 'layers';
  /** What a bar is of, before the number of its layer: 'δ'. */
  readonly symbol: string;
}
/** A square for each unit, full where the number is not 0. */
export interface UnitsPicture extends Pictured {
  readonly kind: 'units';
  readonly full: string;
  readonly empty: string;
}
/** The way of two weights over the landscape. */
export interface PathPicture extends Pictured {
  readonly kind: 'path';
}
