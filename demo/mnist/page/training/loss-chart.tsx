import { signal } from '@preact/signals';
import { config, latest, progress } from '../state/index.ts';
import { Chart, type ChartOptions } from './chart.tsx';
import { common, curve, drawLevel, emptyWords, lossData, type Reading } from './charts.ts';
import { Legend } from './legend.tsx';
import type { Palette } from './palette.ts';
import { formatCount, formatLoss } from './steady-numbers.ts';
import { guessing } from './trouble.ts';
import { lossAxis } from './value-axes.ts';

const reading = signal<Reading>();

function options(palette: () => Palette): ChartOptions {
  const { series, axes, scales, hooks, ...others } = common(palette, reading);
  return {
    ...others,
    series: [...series, curve(() => palette().training, false), curve(() => palette().test, true)],
    scales: { ...scales, y: lossAxis.scale },
    axes: [...axes!, lossAxis.axis(palette)],
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
