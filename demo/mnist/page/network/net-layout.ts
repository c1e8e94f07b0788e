/** Which units and feature maps the picture of the network shows, and where: a column for each layer, and the ten outputs. */
import type { Config } from '../../config.ts';
import { CLASSES } from '../../lab/protocol.ts';
import { kindOf, size } from '../../layers.ts';
import { fit, outputNames } from '../../net-shapes.ts';

/** Units or maps of a layer that are shown: more are too small to see. */
const MOST = 12;
/** From unit to unit, and from column to column at least, in CSS pixels. */
const ROW = 28;
const COLUMN = 72;
/** What stands left of the units of the first layer, and right of the outputs. */
const MARGIN = { left: 48, right: 104 };

export interface Column {
  /** From 1. */
  readonly layer: number;
  /** 'conv' */
  readonly sign: string;
  /** The tensor that it shows: 'a1', or 'prediction'. */
  readonly tensor: string;
  /** How many units or feature maps the layer has. The picture shows the first `shown`. */
  readonly units: number;
  readonly shown: number;
  /** Numbers of each: 1 for a unit, more for a map. */
  readonly pixels: number;
  readonly x: number;
}

export interface NetLayout {
  readonly columns: readonly Column[];
  readonly width: number;
  readonly height: number;
}

/** Layers that hand on what they get, as dropout does when a net predicts, have no column. */
export function layNetOut({ hidden }: Pick<Config, 'hidden'>, room: number): NetLayout {
  const names = outputNames(hidden);
  const { shapes } = fit(hidden);
  const shown = hidden.flatMap((layer, at) => {
    const [units, ...map] = shapes[at + 1];
    const tensor = names[at + 1];
    return tensor === names[at] ? [] : [{ layer: at + 1, sign: kindOf(layer).sign, tensor, units, pixels: size(map) }];
  });
  const all = [...shown, { layer: hidden.length + 1, sign: '', tensor: 'prediction', units: CLASSES, pixels: 1 }];
  const { left, right } = MARGIN;
  const width = Math.max(room, left + right + (all.length - 1) * COLUMN);
  const gap = all.length > 1 ? (width - left - right) / (all.length - 1) : 0;
  return {
    columns: all.map((column, i) => ({
      ...column,
      shown: Math.min(column.units, MOST),
      x: all.length > 1 ? left + i * gap : width - right,
    })),
    width,
    height: ROW * MOST,
  };
}

/** The middle of a unit. */
export const heightOf = ({ shown }: Column, unit: number, { height }: NetLayout): number =>
  height / 2 + (unit - (shown - 1) / 2) * ROW;

/** A line from a unit or map of one column to one of the next. */
export interface Line {
  readonly path: string;
  /** −1 to 1: the weight, of the largest that is shown between the two columns; undefined where there are no weights. */
  readonly strength?: number;
}

/** Lines too weak to be seen are left out. */
const FAINTEST = 0.08;

/**
 * Between what is shown of two neighbouring columns. `weights` is [out, in, ...] of all units: several between a map and a unit,
 * or two maps, count by their sum. Without weights, each unit or map is made of the one beside it.
 */
export function linesBetween(from: Column, to: Column, weights: Float32Array | undefined, layout: NetLayout): Line[] {
  const pathOf = (output: number, input: number): string =>
    `M${from.x},${heightOf(from, input, layout)} L${to.x},${heightOf(to, output, layout)}`;
  if (!weights) {
    if (from.units !== to.units) return [];
    return Array.from({ length: to.shown }, (_, unit) => ({ path: pathOf(unit, unit) }));
  }
  const each = weights.length / (to.units * from.units);
  const at = (output: number, input: number): number => {
    const first = (output * from.units + input) * each;
    return weights.subarray(first, first + each).reduce((sum, weight) => sum + weight, 0);
  };
  const pairs = Array.from({ length: to.shown * from.shown }, (_, i) => {
    const [output, input] = [Math.floor(i / from.shown), i % from.shown];
    return { output, input, weight: at(output, input) };
  });
  const largest = Math.max(...pairs.map(({ weight }) => Math.abs(weight))) || 1;
  return pairs.flatMap(({ output, input, weight }) => {
    const strength = weight / largest;
    return Math.abs(strength) < FAINTEST ? [] : [{ path: pathOf(output, input), strength }];
  });
}
