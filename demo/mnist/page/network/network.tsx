import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { indexOfMax } from '../../index-of-max.ts';
import { SIDE } from '../../lab/protocol.ts';
import { Term } from '../glossary/term.tsx';
import { grid } from '../microscope/layout/arrangement.ts';
import { imageOf, scaleOf, swatch } from '../microscope/layout/scales.ts';
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
          <Term of="unit">unit</Term>: the brighter, the more active. The ten circles on the right are the answer. Press
          Train and watch it change.
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

/** 'The pictures are the weights of the first 12 of 32 units ...' */
function shownOf({ columns }: NetLayout): string {
  const cut = columns.filter(({ units, shown }) => shown < units);
  return cut
    .map(({ layer, units, shown }) => `Layer ${layer} has ${units} units, the first ${shown} are shown.`)
    .join(' ');
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
  const tensors = activity.value ?? {};
  return (
    <div class="network-picture" style={{ width: `${width}px`, height: `${height}px` }}>
      <svg width={width} height={height} aria-hidden="true">
        {columns.slice(1).map((to, i) => {
          const weights = tensors[`W${to.layer}`];
          if (weights?.data.length !== to.units * columns[i].units) return null;
          return (
            <g key={to.layer}>
              {linesBetween(columns[i], to, weights.data, layout).map(({ path, strength }) => (
                <path
                  key={path}
                  d={path}
                  class={strength < 0 ? 'network-holds' : 'network-passes'}
                  style={{ strokeWidth: 2.5 * Math.abs(strength), opacity: 0.15 + 0.6 * Math.abs(strength) }}
                />
              ))}
            </g>
          );
        })}
      </svg>
      {columns.map((column, i) => (
        <Units key={column.layer} column={column} isLast={i === columns.length - 1} layout={layout} />
      ))}
    </div>
  );
};

interface UnitsProps {
  readonly column: Column;
  readonly isLast: boolean;
  readonly layout: NetLayout;
}

const Units = ({ column, isLast, layout }: UnitsProps) => {
  const { layer, shown, x } = column;
  const tensors = activity.value ?? {};
  const name = isLast ? 'prediction' : tensors[`a${layer}`] ? `a${layer}` : `z${layer}`;
  const data = tensors[name]?.data;
  const scale = data && scaleOf(isLast ? 'p' : name, data);
  const best = isLast && data ? indexOfMax(data) : undefined;
  return (
    <ol aria-label={isLast ? 'Outputs' : `Units of layer ${layer}`}>
      {Array.from({ length: shown }, (_, unit) => {
        const value = data?.[unit];
        return (
          <li key={unit} style={{ left: `${x}px`, top: `${heightOf(column, unit, layout)}px` }}>
            {layer === 1 && <Weights unit={unit} />}
            <span
              class="network-unit"
              style={value === undefined || !scale ? undefined : { background: swatch(value, scale).background }}
            />
            {isLast ? (
              <span class={unit === best ? 'network-output network-best' : 'network-output'}>
                {unit} <Share value={value} />
              </span>
            ) : (
              <span class="unseen">{value === undefined ? '' : value.toPrecision(2)}</span>
            )}
          </li>
        );
      })}
    </ol>
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

/** A row of W1 as the image that the unit looks for. */
const Weights = ({ unit }: { readonly unit: number }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const weights = firstLayer.value;
  useEffect(() => {
    const row = weights?.data.subarray(unit * SIDE * SIDE, (unit + 1) * SIDE * SIDE);
    if (row?.length) paint(canvas.current!, imageOf(row, IMAGE, scaleOf('W1', row)));
  }, [weights, unit]);
  return <canvas ref={canvas} class="network-weights" />;
};
const IMAGE = grid(SIDE * SIDE, SIDE);
