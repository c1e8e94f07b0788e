/** The network: a picture in every unit of what it makes of the plane, and a line for every weight. */
import { effect, signal } from '@preact/signals';
import type { CSSProperties } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type FeatureName, featureNames, featureTitles } from '../../lab/plane/features.ts';
import { short } from '../microscope/model/short-numbers.ts';
import { Scrollable } from '../shared/scrollable.tsx';
import { onThemeChange, paletteAt } from '../training/palette.ts';
import { chooseUnit, chosenUnit, configure, frame, hoveredUnit, settings } from './plane-state.ts';
import type { UnitPlace } from './unit-place.ts';
import { inputTitle, titleOf, valuesOf, valuesOfFeature } from './unit-values.ts';
import { paintValues } from './value-pictures.ts';

/** Pixels of a unit, and from one to the next below it. */
const NODE = 44;
const PITCH = 54;

/** The middle of a unit, with all columns centred on the longest. */
const heightOf = (at: number, count: number, most: number): number => (at + (most - count) / 2) * PITCH + NODE / 2;

export const Network = () => {
  const { hidden, features } = settings.value;
  const layers = [...hidden, 1];
  const most = Math.max(featureNames.length, ...layers);
  const columns = layers.length + 1;
  const place = (column: number, at: number, count: number): CSSProperties => ({
    left: `calc((100% - ${NODE}px) * ${column / (columns - 1)})`,
    top: `${heightOf(at, count, most) - NODE / 2}px`,
  });
  return (
    <Scrollable label="The network" class="plane-network">
      <div class="network-heads small soft" aria-hidden="true">
        <span>Inputs</span>
        {hidden.length > 0 && <span>{hidden.length === 1 ? 'Hidden layer' : 'Hidden layers'}</span>}
        <span>Output</span>
      </div>
      <div class="network-stage" style={{ height: `${most * PITCH}px`, minWidth: `${columns * 84 - 40}px` }}>
        <Lines layers={layers} features={features} most={most} />
        {featureNames.map((name, at) => (
          <FeatureNode key={name} name={name} style={place(0, at, featureNames.length)} />
        ))}
        {layers.map((units, layer) =>
          Array.from({ length: units }, (_, unit) => (
            <UnitNode key={`${layer} ${unit}`} layer={layer} unit={unit} style={place(layer + 1, unit, units)} />
          )),
        )}
      </div>
      <WeightReading />
    </Scrollable>
  );
};

/** A line: from which input, to which unit. */
interface WeightPlace extends UnitPlace {
  readonly input: number;
}
const hoveredWeight = signal<WeightPlace>();

/** The weight of the line under the pointer, as it is now. */
const WeightReading = () => {
  const place = hoveredWeight.value;
  const W = place && frame.value?.layers[place.layer]?.W;
  if (!place || !W) return <p class="small soft">Point at a line for its weight.</p>;
  const from = inputTitle(place, place.input, settings.value);
  const to = titleOf(place, settings.value).toLowerCase();
  return (
    <p class="small">
      Weight from {from} to {to}: <b class="mono">{short(W.data[place.unit * W.shape[1] + place.input])}</b>
    </p>
  );
};

interface FeatureNodeProps {
  readonly name: FeatureName;
  readonly style: CSSProperties;
}

/** Takes an input in or out; one at least stays. */
const FeatureNode = ({ name, style }: FeatureNodeProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { values, middle, reach } = valuesOfFeature(name);
    paintValues(canvas.current!, values, reach, middle);
  }, [name]);
  const { features } = settings.value;
  const isIn = features.includes(name);
  const isLast = isIn && features.length === 1;
  const toggle = () => {
    if (isLast) return;
    void configure({ features: featureNames.filter((of) => (of === name ? !isIn : features.includes(of))) });
  };
  return (
    <button
      type="button"
      class="network-node network-feature"
      style={style}
      aria-label={`Input ${featureTitles[name]}`}
      aria-pressed={isIn}
      aria-disabled={isLast}
      onClick={toggle}
    >
      <canvas ref={canvas} />
      <span aria-hidden="true">{featureTitles[name]}</span>
    </button>
  );
};

interface UnitNodeProps extends UnitPlace {
  readonly style: CSSProperties;
}

/** The plane shows it while the pointer or the focus is on it, and from then on once it is pressed, with its numbers. */
const UnitNode = ({ layer, unit, style }: UnitNodeProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () =>
      effect(() => {
        const found = frame.value && valuesOf(frame.value, { layer, unit }, settings.peek());
        if (found) paintValues(canvas.current!, found.values, found.reach, found.middle);
      }),
    [layer, unit],
  );
  const show = () => {
    hoveredUnit.value = { layer, unit };
  };
  const hide = () => {
    hoveredUnit.value = undefined;
  };
  const isChosen = chosenUnit.value.layer === layer && chosenUnit.value.unit === unit;
  return (
    <button
      type="button"
      class="network-node"
      style={style}
      aria-label={titleOf({ layer, unit }, settings.value)}
      aria-pressed={isChosen}
      onClick={() => chooseUnit({ layer, unit })}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
    >
      <canvas ref={canvas} />
    </button>
  );
};

interface LinesProps {
  /** Units of each layer, the output last. */
  readonly layers: readonly number[];
  readonly features: readonly FeatureName[];
  readonly most: number;
}

/** A line from every unit to every unit of the next layer: the thicker, the larger the weight. */
const Lines = ({ layers, features, most }: LinesProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const inputs = features.map((name) => heightOf(featureNames.indexOf(name), featureNames.length, most));
  const columns = [
    inputs,
    ...layers.map((count) => Array.from({ length: count }, (_, at) => heightOf(at, count, most))),
  ];
  const lines = layers.flatMap((count, layer) =>
    Array.from({ length: count }, (_, unit) =>
      columns[layer].map((from, input): Line => ({ layer, unit, input, from, to: columns[layer + 1][unit] })),
    ).flat(),
  );
  useEffect(() => keepDrawn(canvas.current!, lines, layers.length), [layers.join(), features.join()]);
  const width = 100 / layers.length;
  const style = { left: `${NODE / 2}px`, width: `calc(100% - ${NODE}px)` };
  return (
    <>
      <canvas ref={canvas} class="network-lines" style={style} />
      {/* Unseen: where the pointer meets a line. What is drawn with every picture is drawn faster on a canvas. */}
      <svg
        class="network-lines"
        viewBox={`0 0 100 ${most * PITCH}`}
        preserveAspectRatio="none"
        style={style}
        aria-hidden="true"
      >
        {lines.map(({ layer, unit, input, from, to }) => {
          const [left, middle, right] = [layer, layer + 0.5, layer + 1].map((at) => at * width);
          return (
            <path
              key={`${layer} ${unit} ${input}`}
              d={`M${left} ${from}C${middle} ${from} ${middle} ${to} ${right} ${to}`}
              onPointerEnter={() => {
                hoveredWeight.value = { layer, unit, input };
              }}
              onPointerLeave={() => {
                hoveredWeight.value = undefined;
              }}
            />
          );
        })}
      </svg>
    </>
  );
};

/** A weight, with the heights of both ends. */
interface Line extends WeightPlace {
  readonly from: number;
  readonly to: number;
}

/** Pixels of a line at a weight of 1, and at most. */
const WIDTH = 2.5;
const WIDEST = 8;

/** Draws the weights of every frame; returns what ends that. */
function keepDrawn(canvas: HTMLCanvasElement, lines: readonly Line[], layers: number): () => void {
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const density = Math.min(2, devicePixelRatio);
  let palette = paletteAt(canvas.parentElement!);
  const draw = (): void => {
    const now = frame.peek();
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (now?.layers.length !== layers) return;
    const step = canvas.width / layers;
    for (const { layer, unit, input, from, to } of lines) {
      const { W } = now.layers[layer];
      const weight = W.data[unit * W.shape[1] + input];
      const [left, right] = [layer * step, (layer + 1) * step];
      const middle = (left + right) / 2;
      context.lineWidth = density * Math.min(WIDEST, Math.max(0.4, WIDTH * Math.abs(weight)));
      context.strokeStyle = weight < 0 ? palette.negative : palette.positive;
      context.beginPath();
      context.moveTo(left, from * density);
      context.bezierCurveTo(middle, from * density, middle, to * density, right, to * density);
      context.stroke();
    }
  };
  const observer = new ResizeObserver(() => {
    canvas.width = Math.round(canvas.clientWidth * density);
    canvas.height = Math.round(canvas.clientHeight * density);
    draw();
  });
  observer.observe(canvas);
  const end = effect(() => {
    void frame.value;
    draw();
  });
  const unwatch = onThemeChange(() => {
    palette = paletteAt(canvas.parentElement!);
    draw();
  });
  return () => {
    observer.disconnect();
    end();
    unwatch();
  };
}
