/** A number over the steps, a curve for each net. */
import { computed, type ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Course, CurvesPicture } from '../../lab/experiments/experiment.ts';
import { short } from '../microscope/model/short-numbers.ts';
import { integer } from '../shared/numbers.ts';
import { lossRange, lossTicks } from '../training/axis-scales.ts';
import { Chart, type ChartOptions } from '../training/chart.tsx';
import { AXIS_WIDTH, axisStyle, curve } from '../training/charts.ts';
import type { Palette } from '../training/palette.ts';
import { curvesOf } from './curves.ts';
import { experiment } from './experiments-state.ts';
import { sideColours } from './sides.tsx';

interface CurvesFigureProps {
  readonly picture: CurvesPicture;
  readonly courses: ReadonlySignal<readonly Course[]>;
}

const optionsOf =
  ({ axis, log, most: top }: CurvesPicture, sides: number, steps: number) =>
  (palette: () => Palette): ChartOptions => ({
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 18, 0, 0],
    series: [{}, ...sideColours.slice(0, sides).map((name) => curve(() => palette()[name], false))],
    scales: {
      x: { time: false, range: () => [0, steps] },
      y: log
        ? { distr: 3, range: (_, low, high) => lossRange(low, high && Math.min(high, top ?? high)) }
        : { range: (_, __, most) => [0, top ?? Math.max(most ?? 0, 1e-3) * 1.05] },
    },
    axes: [
      {
        ...axisStyle(palette),
        label: 'Training steps',
        values: (_, splits) => splits.map(integer),
        space: 64,
        size: 28,
      },
      { ...axisStyle(palette), label: axis, size: AXIS_WIDTH, ...(log && logarithmic) },
    ],
  });

/** Ticks fit so many on the height of the chart. */
const MOST_TICKS = 8;
const logarithmic: Partial<uPlot.Axis> = {
  splits: (_, __, low, high) => lossTicks(low, high, MOST_TICKS),
  filter: (_, splits) => splits,
  values: (_, splits) => splits.map((value) => (value < 1e-3 || value >= 1e4 ? value.toExponential() : `${value}`)),
};

export const CurvesFigure = ({ picture, courses }: CurvesFigureProps) => {
  const { sides, steps } = experiment.value;
  const { title, of, log = false } = picture;
  const options = useMemo(() => optionsOf(picture, sides.length, steps), [picture]);
  const data = useMemo(
    () => computed(() => curvesOf(courses.value, sides.length, of, log) as uPlot.AlignedData),
    [picture],
  );
  const latest = sides.map(({ title }, side) => {
    const value = courses.value[side]?.looks.at(-1)?.values[of]?.[0];
    return `${title} ${value === undefined ? 'not measured yet' : short(value)}`;
  });
  return (
    <figure class="experiment-figure">
      <figcaption>
        <h3>{title}</h3>
      </figcaption>
      <Chart options={options} data={data} label={`${title}: ${latest.join(', ')}.`} />
    </figure>
  );
};
