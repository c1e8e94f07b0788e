/** The vertical axes of the charts: of a loss, and of an accuracy in percent. */
import type uPlot from 'uplot';
import { accuracyTicks, lossRange, lossTicks, stretch, unstretch } from './axis-scales.ts';
import { AXIS_WIDTH, axisStyle } from './charts.ts';
import type { Palette } from './palette.ts';

/** Ticks fit so many on the height of the chart. */
const MOST_TICKS = 11;

interface ValueAxis {
  readonly scale: uPlot.Scale;
  axis(palette: () => Palette): uPlot.Axis;
}

export const lossAxis: ValueAxis = {
  scale: { distr: 3, range: (_, low, high) => lossRange(low, high) },
  axis: (palette) => ({
    ...axisStyle(palette),
    label: 'Loss per sample (log scale)',
    size: AXIS_WIDTH,
    splits: (_, __, low, high) => lossTicks(low, high, MOST_TICKS),
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map((value) => (value < 1e-3 || value >= 1e4 ? value.toExponential() : `${value}`)),
  }),
};

export const accuracyAxis: ValueAxis = {
  scale: { distr: 100, fwd: stretch, bwd: unstretch, range: () => [0, 100] },
  axis: (palette) => ({
    ...axisStyle(palette),
    label: 'Accuracy (%, log scale)',
    size: AXIS_WIDTH,
    splits: () => accuracyTicks,
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map(String),
  }),
};
