/** Loss, and accuracy or mean error, of the samples to train on and of those held out, step by step. */
import { computed } from '@preact/signals';
import type uPlot from 'uplot';
import type { OwnScore } from '../../lab/own-data/own-protocol.ts';
import { integer } from '../shared/numbers.ts';
import { Chart, type ChartOptions } from '../training/chart.tsx';
import { AXIS_WIDTH, axisStyle, curve as curveOf } from '../training/charts.ts';
import type { Palette } from '../training/palette.ts';
import { measured } from './measured.ts';
import { curve, frame, prepared } from './own-state.ts';

const dataOf = (of: (score: OwnScore) => number | undefined) =>
  computed<uPlot.AlignedData>(() => {
    const all = curve.value;
    return [
      all.map(({ step }) => step),
      ...(['train', 'test'] as const).map((set) => all.map((at) => of(at[set]) ?? null)),
    ] as uPlot.AlignedData;
  });

const losses = dataOf(({ loss }) => loss);
const shares = dataOf(({ accuracy }) => accuracy && 100 * accuracy);
const errors = dataOf(({ meanError }) => meanError);

/** The least that the axis of steps shows, so that the first points do not jump about. */
const LEAST_STEPS = 50;

const optionsOf =
  (label: string, least: number, most = Number.POSITIVE_INFINITY) =>
  (palette: () => Palette): ChartOptions => ({
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 18, 0, 0],
    series: [{}, curveOf(() => palette().training, false), curveOf(() => palette().test, false)],
    scales: {
      x: { time: false, range: (_, __, to) => [0, Math.max(to ?? 0, LEAST_STEPS)] },
      y: { range: (_, __, to) => [0, Math.min(most, Math.max(to ?? 0, least) * 1.05)] },
    },
    axes: [
      {
        ...axisStyle(palette),
        label: 'Training steps',
        values: (_, splits) => splits.map(integer),
        space: 64,
        size: 28,
      },
      { ...axisStyle(palette), label, size: AXIS_WIDTH + 12 },
    ],
  });

const lossOptions = optionsOf('Loss per sample', 0.05);
const shareOptions = optionsOf('Correct (%)', 100, 100);
const errorOptions = optionsOf('Mean error', 1e-6);

export const OwnCurves = () => {
  const [now, net] = [frame.value, prepared.value];
  const isClass = net?.target.kind !== 'number';
  const measure = measured(isClass);
  return (
    <div class="training-charts">
      <Figure title="Loss" id="loss" of={({ loss }) => loss.toFixed(4)} options={lossOptions} data={losses} now={now} />
      <Figure
        key={measure.title}
        title={measure.title}
        id="measure"
        of={measure.write}
        options={isClass ? shareOptions : errorOptions}
        data={isClass ? shares : errors}
        now={now}
      />
    </div>
  );
};

interface FigureProps {
  readonly title: string;
  readonly id: string;
  readonly of: (score: OwnScore) => string;
  readonly options: (palette: () => Palette) => ChartOptions;
  readonly data: typeof losses;
  readonly now: { readonly step: number; readonly train: OwnScore; readonly test: OwnScore } | undefined;
}

const Figure = ({ title, id, of, options, data, now }: FigureProps) => {
  const words = now
    ? `At step ${integer(now.step)}: training ${of(now.train)}, held out ${of(now.test)}.`
    : 'Not measured yet.';
  return (
    <figure class="training-figure">
      <figcaption class="training-caption">
        <h3>{title}</h3>
      </figcaption>
      <p class="own-keys small">
        <span class="own-key" data-kind="training">
          training <b data-testid={`own-training-${id}`}>{now ? of(now.train) : '—'}</b>
        </span>
        <span class="own-key" data-kind="test">
          held out <b data-testid={`own-test-${id}`}>{now ? of(now.test) : '—'}</b>
        </span>
      </p>
      <Chart
        options={options}
        data={data}
        label={`${title}. ${words}`}
        empty={curve.value.length < 2 ? 'Press Train to start the curve' : undefined}
      />
    </figure>
  );
};
