import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { indexOfMax } from '../../index-of-max.ts';
import { SIDE } from '../../lab/protocol.ts';
import { size } from '../../layers.ts';
import { parameterShapes, weightedLayers } from '../../net-shapes.ts';
import { Term } from '../glossary/term.tsx';
import { grid } from '../microscope/layout/arrangement.ts';
import { imageOf, type Scale, scaleOf, swatch } from '../microscope/layout/scales.ts';
import { chooseAnother } from '../microscope/model/samples.ts';
import { paint } from '../shared/colours.ts';
import { DigitPicture } from '../shared/digit-picture.tsx';
import { percent } from '../shared/numbers.ts';
import { openInMicroscope } from '../shared/open-in-microscope.ts';
import { Scrollable } from '../shared/scrollable.tsx';
import { Section } from '../shared/section.tsx';
import { useWidth } from '../shared/use-width.ts';
import { activity, askCurrent, config, firstLayer, isReady, lab, subject } from '../state/index.ts';
import { TourButton } from '../tour/tour-button.tsx';
import { type Column, heightOf, layNetOut, linesBetween, type NetLayout } from './net-layout.ts';
import './network.css';

/** The network at work on one digit: what each unit looks for, how active it is, and what comes out. */
export const Network = () => {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 600);
  useSignalEffect(() => {
    const pixels = subject.value?.pixels;
    if (pixels) void askCurrent(() => lab.watch(pixels));
  });
  const layout = layNetOut(config.value, width);
  return (
    <Section
      id="network"
      title="The network at work"
      lead={
        <>
          One digit goes into the <Term of="network">network</Term> on the left. Each circle is a{' '}
          <Term of="unit">unit</Term>: the brighter, the more active.{' '}
          {layout.columns.some(({ pixels }) => pixels > 1) && (
            <>
              Each square is a <Term of="feature map">feature map</Term>.{' '}
            </>
          )}
          The ten circles on the right are the answer. Press Train and watch it change.
        </>
      }
    >
      <div class="network">
        <Input />
        <div ref={frame} class="network-frame">
          <Scrollable label="Units and weights">
            <Picture layout={layout} />
          </Scrollable>
        </div>
      </div>
      <div class="row">
        <TourButton />
      </div>
      <p class="small soft">
        Lines are <Term of="weight">weights</Term>: orange ones pass activity on, blue ones hold it back.{' '}
        {shownOf(layout)}
      </p>
    </Section>
  );
};

function shownOf({ columns }: NetLayout): string {
  const most = Math.max(...columns.map(({ shown }) => shown));
  const isCut = columns.some(({ units, shown }) => shown < units);
  return isCut ? `Only the first ${most} of a layer are shown.` : '';
}

const Input = () => {
  const { title, label, pixels } = subject.value ?? {};
  const outputs = activity.value?.prediction?.data;
  const guess = outputs && indexOfMax(outputs);
  return (
    <div class="network-input">
      <DigitPicture pixels={pixels ?? new Float32Array(SIDE * SIDE)} label="The digit that goes in" />
      <p class="small" data-testid="network-says">
        {label === undefined ? (title ?? 'No digit yet') : `A ${label}`}
        {guess !== undefined && (
          <>
            , read as{' '}
            <strong class={label === undefined ? undefined : guess === label ? 'network-right' : 'network-wrong'}>
              {guess}
            </strong>
          </>
        )}
      </p>
      <button type="button" disabled={!isReady.value} onClick={chooseAnother}>
        Another digit
      </button>
      <button
        type="button"
        disabled={!subject.value || !isReady.value}
        onClick={() => subject.value && openInMicroscope(subject.value)}
      >
        Take it apart
      </button>
    </div>
  );
};

const Picture = ({ layout }: { readonly layout: NetLayout }) => {
  const { columns, width, height } = layout;
  const [firstWeighted] = weightedLayers(config.value.hidden);
  return (
    <div class="network-picture" style={{ width: `${width}px`, height: `${height}px` }}>
      <svg width={width} height={height} aria-hidden="true">
        {columns.slice(1).map((to, i) => (
          <Lines key={to.layer} from={columns[i]} to={to} layout={layout} />
        ))}
      </svg>
      {columns.map((column, i) => (
        <Units
          key={column.layer}
          column={column}
          isLast={i === columns.length - 1}
          hasWeights={i === 0 && column.layer === firstWeighted}
          layout={layout}
        />
      ))}
    </div>
  );
};

interface LinesProps {
  readonly from: Column;
  readonly to: Column;
  readonly layout: NetLayout;
}

const Lines = ({ from, to, layout }: LinesProps) => {
  const { hidden } = config.value;
  const tensors = activity.value ?? {};
  const [first] = weightedLayers(hidden);
  const shape = parameterShapes(hidden).get(`layers.${to.layer - 1}.weight`);
  const weights = (to.layer === first ? firstLayer.value : tensors[`W${to.layer}`])?.data;
  // Those of the net before, and of matrices too large to be told, are not there.
  if (weightedLayers(hidden).includes(to.layer) && weights?.length !== size(shape!)) return null;
  return (
    <g>
      {linesBetween(from, to, weights, layout).map(({ path, strength }) => (
        <path
          key={path}
          d={path}
          class={strength === undefined ? 'network-hands' : strength < 0 ? 'network-holds' : 'network-passes'}
          style={
            strength === undefined
              ? undefined
              : { strokeWidth: 2.5 * Math.abs(strength), opacity: 0.15 + 0.6 * Math.abs(strength) }
          }
        />
      ))}
    </g>
  );
};

interface UnitsProps {
  readonly column: Column;
  readonly isLast: boolean;
  /** Whether the pictures of the first weights stand beside it. */
  readonly hasWeights: boolean;
  readonly layout: NetLayout;
}

const Units = ({ column, isLast, hasWeights, layout }: UnitsProps) => {
  const { layer, tensor, sign, units, shown, pixels, x } = column;
  const given = activity.value?.[tensor]?.data;
  const data = given?.length === units * pixels ? given : undefined; // else it is of the net before
  const scale = data && scaleOf(isLast ? 'p' : tensor, data);
  const best = isLast && data ? indexOfMax(data) : undefined;
  return (
    <>
      {sign && (
        <span class="network-sign" aria-hidden="true" style={{ left: `${x}px`, top: `${layout.height}px` }}>
          {sign}
        </span>
      )}
      <ol aria-label={isLast ? 'Outputs' : `${pixels > 1 ? 'Feature maps' : 'Units'} of layer ${layer}`}>
        {Array.from({ length: shown }, (_, unit) => {
          const value = data?.[unit];
          return (
            <li key={unit} style={{ left: `${x}px`, top: `${heightOf(column, unit, layout)}px` }}>
              {hasWeights && <Weights unit={unit} units={units} />}
              {pixels > 1 ? (
                <Tile class="network-map" data={data?.subarray(unit * pixels, (unit + 1) * pixels)} scale={scale} />
              ) : (
                <span
                  class="network-unit"
                  style={value === undefined || !scale ? undefined : { background: swatch(value, scale).background }}
                />
              )}
              {isLast ? (
                <span class={unit === best ? 'network-output network-best' : 'network-output'}>
                  {unit} <Share value={value} />
                </span>
              ) : (
                <span class="unseen">{value === undefined || pixels > 1 ? '' : value.toPrecision(2)}</span>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
};

/** An output as a bar and a number. */
const Share = ({ value = Number.NaN }: { readonly value: number | undefined }) => (
  <>
    <span class="network-track" aria-hidden="true">
      <span style={{ width: `${Math.min(100, Math.max(0, 100 * (value || 0)))}%` }} />
    </span>
    <span class="network-share">{percent(value, 0)}</span>
  </>
);

/** A row of the first weights as the image that the unit or filter looks for. */
const Weights = ({ unit, units }: { readonly unit: number; readonly units: number }) => {
  const weights = firstLayer.value?.data;
  const pixels = weights ? weights.length / units : 0;
  const row = Number.isInteger(pixels) ? weights?.subarray(unit * pixels, (unit + 1) * pixels) : undefined;
  return <Tile class="network-weights" data={row} scale={row && scaleOf('W1', row)} />;
};

interface TileProps {
  readonly class: string;
  /** Of a square. */
  readonly data: Float32Array | undefined;
  readonly scale: Scale | undefined;
}

const Tile = ({ class: name, data, scale }: TileProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (data?.length && scale) paint(canvas.current!, imageOf(data, grid(data.length, Math.sqrt(data.length)), scale));
  });
  return <canvas ref={canvas} class={name} />;
};
