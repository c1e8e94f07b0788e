/** Loss on the points to train on and on those to test on, step by step. */
import { computed } from '@preact/signals';
import type uPlot from 'uplot';
import { integer } from '../shared/numbers.ts';
import { Chart, type ChartOptions } from '../training/chart.tsx';
import { AXIS_WIDTH, axisStyle, curve as curveOf } from '../training/charts.ts';
import type { Palette } from '../training/palette.ts';
import { curve, frame } from './plane-state.ts';

const data = computed<uPlot.AlignedData>(() => {
  const all = curve.value;
  return [all.map(({ step }) => step), all.map(({ train }) => train ?? null), all.map(({ test }) => test ?? null)];
});

/** The least that the axis of steps shows, so that the first points do not jump about. */
const LEAST_STEPS = 100;

const options = (palette: () => Palette): ChartOptions => ({
  legend: { show: false },
  cursor: { show: false },
  padding: [10, 18, 0, 0],
  series: [{}, curveOf(() => palette().training, false), curveOf(() => palette().test, false)],
  scales: {
    x: { time: false, range: (_, __, most) => [0, Math.max(most ?? 0, LEAST_STEPS)] },
    y: { range: (_, __, most) => [0, Math.max(most ?? 0, 0.05) * 1.05] },
  },
  axes: [
    { ...axisStyle(palette), label: 'Training steps', values: (_, splits) => splits.map(integer), space: 64, size: 28 },
    { ...axisStyle(palette), label: 'Loss per point', size: AXIS_WIDTH },
  ],
});

const loss = (value: number | undefined): string => (value === undefined ? '—' : value.toFixed(4));

export const PlaneCurves = () => {
  const { train, test, step = 0 } = frame.value ?? {};
  const words = `Loss at step ${integer(step)}: training ${loss(train?.loss)}, test ${loss(test?.loss)}.`;
  return (
    <figure class="training-figure">
      <p class="plane-losses small">
        <span class="plane-key" data-kind="training">
          training <b data-testid="plane-training-loss">{loss(train?.loss)}</b>
        </span>
        <span class="plane-key" data-kind="test">
          test <b data-testid="plane-test-loss">{loss(test?.loss)}</b>
        </span>
      </p>
      <Chart options={options} data={data} label={words} />
    </figure>
  );
};
