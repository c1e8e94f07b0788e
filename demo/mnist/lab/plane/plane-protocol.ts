/** What the plane asks of its worker, what comes back, and what a visitor can choose. Knows nothing of the library. */
import type { Tensor } from 'retrograd';
import type { ActivationName, OptimizerName } from '../../config.ts';
import type { Machine } from '../protocol.ts';
import type { FeatureName } from './features.ts';

/** The plane goes from −REACH to REACH on both axes, and pictures of it have SIDE × SIDE points. */
export const REACH = 6;
export const SIDE = 50;
/** Points of data at most. */
export const MOST_POINTS = 500;

export const planeDatasets = {
  circles: 'Circles',
  xor: 'XOR',
  spirals: 'Two spirals',
  moons: 'Two moons',
  slope: 'Slope (regression)',
  own: 'Points of your own',
} as const;
export type PlaneDataName = keyof typeof planeDatasets;

/** Whether the target is a number rather than one of two classes. */
export const isRegression = (data: PlaneDataName): boolean => data === 'slope';

export const planeActivations = ['tanh', 'relu', 'sigmoid', 'linear'] as const satisfies readonly ActivationName[];
export const penalties = { none: 'None', l1: 'L1', l2: 'L2' } as const;
export type PenaltyName = keyof typeof penalties;

export interface PlanePoint {
  readonly x1: number;
  readonly x2: number;
  /** The class, 0 or 1, or the value of a regression. */
  readonly y: number;
}

export interface PlaneSettings {
  readonly data: PlaneDataName;
  /** Standard deviation of what is added to the positions of points, or to the values of a regression. */
  readonly noise: number;
  /** Percentage of the points that the net is trained on. */
  readonly share: number;
  readonly features: readonly FeatureName[];
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly activation: (typeof planeActivations)[number];
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batch: number;
  readonly penalty: PenaltyName;
  /** Factor of the penalty. */
  readonly strength: number;
  readonly seed: number;
}

export const planeLimits = {
  noise: { least: 0, most: 2 },
  share: { least: 10, most: 90 },
  layers: 4,
  units: { least: 1, most: 8 },
  learningRate: { least: 0, most: 10 },
  batch: { least: 1, most: 40 },
  strength: { least: 0, most: 1 },
  seed: { least: 0, most: 2 ** 32 - 1 },
} as const;

export const usualPlane: PlaneSettings = {
  data: 'circles',
  noise: 0.3,
  share: 50,
  features: ['x1', 'x2'],
  hidden: [4, 2],
  activation: 'tanh',
  optimizer: 'adam',
  learningRate: 0.01,
  batch: 20,
  penalty: 'none',
  strength: 0.001,
  seed: 1,
};

/** The points of a data set; the first of them are those that the net is trained on. */
export interface PlanePoints {
  readonly train: readonly PlanePoint[];
  readonly test: readonly PlanePoint[];
}

/** How well a net does on some points. */
export interface Score {
  /** Mean per point, without the penalty. */
  readonly loss: number;
  /** Share of the points put in their class; undefined for a regression. */
  readonly accuracy?: number;
}

/** One layer as it is now; the last is the output. */
export interface LayerNow {
  /** [units][n]: what each unit gives for every point of the grid, row by row from the upper left, and then for the data. n is always the same. */
  readonly values: Tensor;
  /** [units, inputs] */
  readonly W: Tensor;
  /** [units] */
  readonly b: Tensor;
}

/** Everything that the plane shows, all of one step. */
export interface Frame {
  readonly step: number;
  readonly layers: readonly LayerNow[];
  readonly train?: Score;
  readonly test?: Score;
}

export interface PlaneLab {
  /** Makes a new net and new points, or takes `own`, the points of the visitor. Opens a device if there is none. */
  prepare(
    settings: PlaneSettings,
    own: readonly PlanePoint[],
  ): Promise<{ points: PlanePoints; machine: Machine; frame: Frame }>;
  /** Other points for the net that is there. */
  paint(own: readonly PlanePoint[]): Promise<{ points: PlanePoints; frame: Frame }>;
  /** Trains so many steps, and looks. Rejects with NonFiniteError where the net has diverged. */
  advance(steps: number): Promise<Frame>;
  setLearningRate(learningRate: number): Promise<void>;
  /** Every tensor of a forward and backward pass of one point: x z1 a1 slope1 delta1 W1 b1 dW1 db1 ... losses prediction. */
  inspect(point: PlanePoint): Promise<Record<string, Tensor>>;
}
