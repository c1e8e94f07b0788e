/** Which units the picture of the network shows, and where: a column for each hidden layer, and the ten outputs. */
import type { Config } from '../../config.ts';
import { CLASSES } from '../../lab/protocol.ts';

/** Units of a layer that are shown: more are too small to see. */
const MOST = 12;
/** From unit to unit, and from column to column at least, in CSS pixels. */
const ROW = 28;
const COLUMN = 72;
/** What stands left of the units of the first layer, and right of the outputs. */
const MARGIN = { left: 48, right: 104 };

export interface Column {
  /** From 1. */
  readonly layer: number;
  /** How many units the layer has. The picture shows the first `shown`. */
  readonly units: number;
  readonly shown: number;
  readonly x: number;
}

export interface NetLayout {
  readonly columns: readonly Column[];
  readonly width: number;
  readonly height: number;
}

export function layNetOut({ hidden }: Pick<Config, 'hidden'>, room: number): NetLayout {
  const units = [...hidden.map((layer) => layer.units), CLASSES];
  const { left, right } = MARGIN;
  const width = Math.max(room, left + right + (units.length - 1) * COLUMN);
  const gap = units.length > 1 ? (width - left - right) / (units.length - 1) : 0;
  return {
    columns: units.map((count, i) => ({
      layer: i + 1,
      units: count,
      shown: Math.min(count, MOST),
      x: units.length > 1 ? left + i * gap : width - right,
    })),
    width,
    height: ROW * MOST,
  };
}

/** The middle of a unit. */
export const heightOf = ({ shown }: Column, unit: number, { height }: NetLayout): number =>
  height / 2 + (unit - (shown - 1) / 2) * ROW;

/** A line from a unit of one column to one of the next. */
export interface Line {
  readonly path: string;
  /** −1 to 1: the weight, of the largest that is shown between the two columns. */
  readonly strength: number;
}

/** Lines too weak to be seen are left out. */
const FAINTEST = 0.08;

/** Between the units shown of two neighbouring columns; `weights` is [out, in] of all units. */
export function linesBetween(from: Column, to: Column, weights: Float32Array, layout: NetLayout): Line[] {
  const at = (output: number, input: number) => weights[output * from.units + input];
  const pairs = Array.from({ length: to.shown * from.shown }, (_, i) => [Math.floor(i / from.shown), i % from.shown]);
  const largest = Math.max(...pairs.map(([output, input]) => Math.abs(at(output, input)))) || 1;
  return pairs.flatMap(([output, input]) => {
    const strength = at(output, input) / largest;
    const path = `M${from.x},${heightOf(from, input, layout)} L${to.x},${heightOf(to, output, layout)}`;
    return Math.abs(strength) < FAINTEST ? [] : [{ path, strength }];
  });
}
