/** The values of a unit, and how they are shown. */
import { type FeatureName, features, featureTitles } from '../../lab/plane/features.ts';
import { grid } from '../../lab/plane/grid.ts';
import { type Frame, isRegression, type PlaneSettings } from '../../lab/plane/plane-protocol.ts';
import type { UnitPlace } from './unit-place.ts';
import { reachOf } from './value-pictures.ts';

export interface UnitValues {
  /** One for each point of the grid. */
  readonly values: ArrayLike<number>;
  /** What is white, and how far from it colours go. */
  readonly middle: number;
  readonly reach: number;
}

/** What a unit gives on the grid. Undefined for a unit that the frame does not have. */
export function valuesOf(frame: Frame, { layer, unit }: UnitPlace, { data }: PlaneSettings): UnitValues | undefined {
  const found = frame.layers[layer]?.values;
  if (!found || unit >= found.shape[0]) return undefined;
  const [, count] = found.shape;
  const values = found.data.subarray(unit * count, unit * count + grid.length);
  const isOutput = layer === frame.layers.length - 1;
  if (!isOutput) return { values, middle: 0, reach: reachOf(values) };
  return isRegression(data) ? { values, middle: 0, reach: 1 } : { values, middle: 0.5, reach: 0.5 };
}

/** A function of the coordinates on the grid, which no training changes. */
export function valuesOfFeature(name: FeatureName): UnitValues {
  const values = grid.map(({ x1, x2 }) => features[name](x1, x2));
  return { values, middle: 0, reach: reachOf(values) };
}

/** 'Unit 2 of hidden layer 1', counted from 0 as the library does; 'The output'. */
export function titleOf({ layer, unit }: UnitPlace, { hidden }: PlaneSettings): string {
  return layer === hidden.length ? 'Output' : `Unit ${unit} of hidden layer ${layer + 1}`;
}

/** What a unit gets from, by its place among the inputs. */
export const inputTitle = ({ layer }: UnitPlace, input: number, { features }: PlaneSettings): string =>
  layer === 0 ? featureTitles[features[input]] : `unit ${input}`;
