/** The network: a picture in every unit of what it makes of the plane, and a line for every weight. */
import { effect, signal } from '@preact/signals';
import type { CSSProperties } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type FeatureName, featureNames, featureTitles } from '../../lab/plane/features.ts';
import { short } from '../microscope/model/short-numbers.ts';
import { Scrollable } from '../shared/scrollable.tsx';
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
    <Scrollable label="The network" class="network">
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
  const group = useRef<SVGSVGElement>(null);
  const inputs = features.map((name) => heightOf(featureNames.indexOf(name), featureNames.length, most));
  const heights = [
    inputs,
    ...layers.map((count) => Array.from({ length: count }, (_, at) => heightOf(at, count, most))),
  ];
  useEffect(
    () =>
      effect(() => {
        const now = frame.value;
        if (now?.layers.length === layers.length) drawWeights(group.current!, now.layers);
      }),
    [layers.join(), features.join()],
  );
  const width = 100 / layers.length;
  return (
    <svg
      ref={group}
      class="network-lines"
      viewBox={`0 0 100 ${most * PITCH}`}
      preserveAspectRatio="none"
      style={{ left: `${NODE / 2}px`, width: `calc(100% - ${NODE}px)` }}
      aria-hidden="true"
    >
      {layers.flatMap((count, layer) =>
        Array.from({ length: count }, (_, unit) =>
          heights[layer].map((from, input) => {
            const [left, right, to] = [layer * width, (layer + 1) * width, heights[layer + 1][unit]];
            const middle = (left + right) / 2;
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
          }),
        ),
      )}
    </svg>
  );
};

/** Pixels of a line at a weight of 1, and at most. */
const WIDTH = 2.5;
const WIDEST = 8;

/** The paths are in the order of the weights: [units][inputs], layer after layer. */
function drawWeights(
  svg: SVGSVGElement,
  layers: readonly { readonly W: { readonly data: ArrayLike<number> } }[],
): void {
  const paths = svg.children;
  let at = 0;
  for (const { W } of layers) {
    for (let i = 0; i < W.data.length; i++) {
      const path = paths[at++] as SVGPathElement | undefined;
      if (!path) return;
      const weight = W.data[i];
      path.setAttribute('stroke-width', String(Math.min(WIDEST, Math.max(0.4, WIDTH * Math.abs(weight)))));
      path.setAttribute('class', weight < 0 ? 'is-negative' : 'is-positive');
    }
  }
}
