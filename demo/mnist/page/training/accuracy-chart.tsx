import { signal } from '@preact/signals';
import type uPlot from 'uplot';
import { evaluations, latest } from '../state/index.ts';
import { Chart, type ChartOptions } from './chart.tsx';
import { accuracyData, common, curve, drawLevel, emptyWords, type Reading } from './charts.ts';
import { Legend } from './legend.tsx';
import { firstReaching, milestones } from './milestones.ts';
import type { Palette } from './palette.ts';
import { formatCount, formatShare } from './steady-numbers.ts';
import { chance } from './trouble.ts';
import { accuracyAxis } from './value-axes.ts';

const reading = signal<Reading>();

/** A dashed line at each milestone, whole and green once it is reached. */
function drawMilestones({ ctx, bbox, valToPos }: uPlot, palette: Palette): void {
  ctx.save();
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  for (const percent of milestones) {
    const y = Math.round(valToPos(percent, 'y', true));
    const reached = firstReaching(percent, evaluations.peek()) !== undefined;
    ctx.strokeStyle = reached ? palette.reached : palette.ink;
    ctx.setLineDash(reached ? [] : [4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

function options(palette: () => Palette): ChartOptions {
  const { series, axes, scales, hooks, ...others } = common(palette, reading);
  return {
    ...others,
    series: [...series, curve(() => palette().training, false), curve(() => palette().test, true)],
    scales: { ...scales, y: accuracyAxis.scale },
    axes: [...axes!, accuracyAxis.axis(palette)],
    hooks: {
      ...hooks,
      drawAxes: [
        (plot) => drawMilestones(plot, palette()),
        (plot) => drawLevel(plot, 100 * chance, 'chance', palette().ink),
      ],
    },
  };
}

const summary = (): string =>
  latest.value
    ? `Accuracy during training. At step ${formatCount(latest.value.step)}: ${formatShare(latest.value.trainingAccuracy ?? Number.NaN)} of training samples, ${formatShare(latest.value.accuracy)} of test samples. Guessing gets ${formatShare(chance)}.`
    : 'Accuracy: not measured yet.';

const curves = [
  { name: 'training', kind: 'training' },
  { name: 'test', kind: 'test' },
] as const;

export const AccuracyChart = () => (
  <figure class="training-figure">
    <Legend title="Accuracy" curves={curves} reading={reading} format={(percent) => formatShare(percent / 100)} />
    <Chart options={options} data={accuracyData} label={summary()} empty={emptyWords.value} />
  </figure>
);
