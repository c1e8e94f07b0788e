import { signal } from '@preact/signals';
import { config, latest, progress } from '../state/index.ts';
import { lossRange, lossTicks } from './axis-scales.ts';
import { Chart, type ChartOptions } from './chart.tsx';
import { AXIS_WIDTH, axisStyle, common, curve, drawLevel, emptyWords, lossData, type Reading } from './charts.ts';
import { Legend } from './legend.tsx';
import type { Palette } from './palette.ts';
import { formatCount, formatLoss } from './steady-numbers.ts';
import { guessing } from './trouble.ts';

const reading = signal<Reading>();
/** Ticks fit so many on the height of the chart. */
const MOST_TICKS = 11;

function options(palette: () => Palette): ChartOptions {
  const { series, axes, scales, hooks, ...others } = common(palette, reading);
  return {
    ...others,
    series: [...series, curve(() => palette().training, false), curve(() => palette().test, true)],
    scales: { ...scales, y: { distr: 3, range: (_, low, high) => lossRange(low, high) } },
    axes: [
      ...axes!,
      {
        ...axisStyle(palette),
        label: 'Loss per sample (log scale)',
        size: AXIS_WIDTH,
        splits: (_, __, low, high) => lossTicks(low, high, MOST_TICKS),
        filter: (_, splits) => splits,
        values: (_, splits) =>
          splits.map((value) => (value < 1e-3 || value >= 1e4 ? value.toExponential() : `${value}`)),
      },
    ],
    hooks: {
      ...hooks,
      drawAxes: [(plot) => drawLevel(plot, guessing[config.peek().loss], 'chance', palette().ink)],
    },
  };
}

const summary = (): string => {
  if (!latest.value) return 'Loss: not measured yet.';
  const training = progress.value && `training loss ${formatLoss(progress.value.loss)}, `;
  return `Loss during training. At step ${formatCount(latest.value.step)}: ${training ?? ''}test loss ${formatLoss(latest.value.loss)}.`;
};

const curves = [
  { name: 'training', kind: 'training' },
  { name: 'test', kind: 'test' },
] as const;

export const LossChart = () => (
  <figure class="training-figure">
    <Legend title="Loss" curves={curves} reading={reading} format={formatLoss} />
    <Chart options={options} data={lossData} label={summary()} empty={emptyWords.value} />
  </figure>
);
