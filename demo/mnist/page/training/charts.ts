/** What both charts have in common, and the data they show. */
import { computed, type Signal, signal } from '@preact/signals';
import type uPlot from 'uplot';
import type { Status } from '../../lab/protocol.ts';
import { evaluations, losses, status } from '../state/index.ts';
import type { ChartOptions } from './chart.tsx';
import type { Palette } from './palette.ts';
import { type Axis, align, pointsOf, thin } from './points.ts';
import { formatCount, formatSeconds } from './steady-numbers.ts';

export const axis = signal<Axis>('steps');

/** More than there are pixels are not to be seen. */
const MOST_POINTS = 1000;
const tests = computed(() => thin(evaluations.value, MOST_POINTS));
const trained = computed(() => thin(losses.value, MOST_POINTS));

const positive = (value: number): number => (value > 0 ? value : Number.NaN);

/** x, training loss, test loss; a logarithmic axis has no place for 0. */
export const lossData = computed<uPlot.AlignedData>(() =>
  align(
    pointsOf(trained.value, axis.value, ({ loss }) => positive(loss)),
    pointsOf(tests.value, axis.value, ({ loss }) => positive(loss)),
  ),
);

/** x, training and test accuracy in percent. The x of the training losses too, so that both charts are equally long. */
export const accuracyData = computed<uPlot.AlignedData>(() => {
  const steps = pointsOf(trained.value, axis.value, () => 0);
  const [x, , training] = align(
    steps,
    pointsOf(tests.value, axis.value, (of) => 100 * (of.trainingAccuracy ?? Number.NaN)),
  );
  const [, , test] = align(
    steps,
    pointsOf(tests.value, axis.value, ({ accuracy }) => 100 * accuracy),
  );
  return [x, training, test];
});

/** What stands in both charts before there is a curve. */
const waiting: Record<Status, string> = {
  opening: 'Opening the GPU',
  preparing: 'Preparing data and network',
  paused: 'Press Train to start the curve',
  running: 'Waiting for the first numbers',
  failed: 'There is no network to train',
  cancelled: 'There is no network: the preparation was cancelled',
  lost: 'The GPU was lost',
};
export const emptyWords = computed(() => (losses.value.length === 0 ? waiting[status.value] : undefined));

/** Under the pointer: where, and the value of each curve there. */
export interface Reading {
  readonly x: string;
  readonly values: readonly (number | undefined)[];
}

/** Of the least that an axis shows, so that the first points do not jump about. */
const LEAST = { steps: 100, seconds: 5 };
/** Single points are marked as long as there are few of them. */
const FEW_POINTS = 40;

/** The same in both charts, so that one lies under the other on a phone. */
export const AXIS_WIDTH = 48;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export const axisStyle = (palette: () => Palette): uPlot.Axis => ({
  font: FONT,
  labelFont: FONT,
  labelSize: 20,
  labelGap: 2,
  stroke: () => palette().ink,
  grid: { stroke: () => palette().line, width: 1 },
  ticks: { stroke: () => palette().line, width: 1, size: 4 },
});

/** A dashed line over the whole chart, and what it stands for. */
export function drawLevel({ ctx, bbox, valToPos }: uPlot, value: number, name: string, colour: string): void {
  const y = Math.round(valToPos(value, 'y', true));
  if (!(y > bbox.top && y < bbox.top + bbox.height)) return;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = FONT.replace('12px', `${12 * devicePixelRatio}px`);
  ctx.textAlign = 'right';
  ctx.fillText(name, bbox.left + bbox.width - 4 * devicePixelRatio, y - 4 * devicePixelRatio);
  ctx.restore();
}

/** x axis, cursor and what else does not depend on what is drawn. */
export function common(palette: () => Palette, reading: Signal<Reading | undefined>): ChartOptions {
  return {
    series: [{}],
    legend: { show: false },
    padding: [10, 18, 0, 0],
    scales: { x: { time: false, range: (_, __, most) => [0, Math.max(most ?? 0, LEAST[axis.peek()])] } },
    axes: [
      {
        ...axisStyle(palette),
        label: () => (axis.peek() === 'steps' ? 'Training steps' : 'Training time (s)'),
        values: (_, splits) => splits.map(formatCount),
        space: 64,
        size: 28,
      },
    ],
    cursor: {
      drag: { x: false, y: false },
      y: false,
      hover: { skip: [null, undefined] },
      points: { size: 8 },
      sync: { key: 'training', scales: ['x', null] },
    },
    hooks: {
      setLegend: [
        (plot) => {
          reading.value = readingOf(plot);
        },
      ],
    },
  };
}

function readingOf(plot: uPlot): Reading | undefined {
  const index = plot.cursor.idx;
  const x = index == null ? undefined : plot.data[0][index];
  if (x === undefined) return undefined;
  const values = plot.data.slice(1).map((row, i) => row[plot.cursor.idxs?.[i + 1] ?? -1] ?? undefined);
  return { x: axis.peek() === 'steps' ? `step ${formatCount(x)}` : formatSeconds(x), values };
}

/** A curve; points of their own where they are few. */
export const curve = (stroke: () => string, marked: boolean): uPlot.Series => ({
  stroke,
  width: 2,
  spanGaps: true,
  points: { size: 6, fill: stroke, show: () => marked && evaluations.peek().length <= FEW_POINTS },
});
