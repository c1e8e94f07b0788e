/** The plane itself: what a unit gives at every place, the points on it, and a pointer for the mouse, a finger and the keyboard. */
import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { pixelOf, placeOf, pointAt } from '../../lab/plane/grid.ts';
import { isRegression, type PlanePoint, REACH } from '../../lab/plane/plane-protocol.ts';
import { short } from '../microscope/model/short-numbers.ts';
import { diverging } from '../shared/colours.ts';
import { brush, useBrush } from './brush.ts';
import type { Place } from './painted.ts';
import { allPoints, choosePoint, chosenPoint, frame, points, settings, shownUnit } from './plane-state.ts';
import { titleOf, type UnitValues, valuesOf } from './unit-values.ts';
import { paintValues } from './value-pictures.ts';

/** Where the pointer is. */
const pointer = signal<Place>();

const shownValues = (): UnitValues | undefined => frame.value && valuesOf(frame.value, shownUnit.value, settings.value);

export const PlanePicture = () => {
  const surface = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  useEffect(
    () =>
      effect(() => {
        const found = shownValues();
        if (found) paintValues(surface.current!, found.values, found.reach, found.middle);
      }),
    [],
  );
  useEffect(() => {
    const canvas = marks.current!; // which is told of its last change of size when the reference to it is gone
    const draw = () => drawPoints(canvas);
    const observer = new ResizeObserver(draw);
    observer.observe(canvas);
    const end = effect(() => {
      void [points.value, chosenPoint.value, pointer.value];
      draw();
    });
    return () => {
      observer.disconnect();
      end();
    };
  }, []);

  const at = ({ clientX, clientY }: MouseEvent): Place => {
    const { left, top, width, height } = marks.current!.getBoundingClientRect();
    return pointAt((clientX - left) / width, (clientY - top) / height);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 1 : 0.25;
    const { x1, x2 } = pointer.value ?? { x1: 0, x2: 0 };
    const moved = {
      ArrowLeft: { x1: x1 - step, x2 },
      ArrowRight: { x1: x1 + step, x2 },
      ArrowUp: { x1, x2: x2 + step },
      ArrowDown: { x1, x2: x2 - step },
    }[event.key];
    const inside = (value: number) => Math.max(-REACH, Math.min(REACH, value));
    if (moved) pointer.value = { x1: inside(moved.x1), x2: inside(moved.x2) };
    else if (event.key === 'Enter' || event.key === ' ') press({ x1, x2 });
    else return;
    event.preventDefault();
  };

  return (
    <figure class="plane-figure">
      <figcaption class="plane-caption">
        <strong data-testid="plane-shows">{titleOf(shownUnit.value, settings.value)}</strong>
        <Reading />
      </figcaption>
      <div class="plane-square">
        <canvas ref={surface} class="plane-surface" />
        <div
          class="plane-marks"
          data-painting={isPainting()}
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the pointer, and Enter presses there
          tabIndex={0}
          aria-label="The plane. Arrow keys move the pointer, Enter presses."
          aria-describedby="plane-reading"
          onPointerMove={(event) => {
            pointer.value = at(event);
            if (event.buttons === 1 && isPainting()) useBrush(at(event), true);
          }}
          onPointerDown={(event) => isPainting() && useBrush(at(event), false)}
          onClick={(event) => isPainting() || choosePoint(nearest(at(event)))}
          onPointerLeave={() => {
            pointer.value = undefined;
          }}
          onKeyDown={onKeyDown}
          onBlur={() => {
            pointer.value = undefined;
          }}
        >
          <canvas ref={marks} />
        </div>
      </div>
      <ColourScale />
    </figure>
  );
};

const isPainting = (): boolean => settings.value.data === 'own' && brush.value !== 'look';

/** Paints a point there, or looks at the nearest. */
function press(place: Place): void {
  if (isPainting()) useBrush(place, false);
  else choosePoint(nearest(place));
}

const distance = (a: Place, b: Place): number => Math.hypot(a.x1 - b.x1, a.x2 - b.x2);

function nearest(place: Place): PlanePoint | undefined {
  let best: PlanePoint | undefined;
  for (const point of allPoints.value) if (!best || distance(point, place) < distance(best, place)) best = point;
  return best;
}

/** The value under the pointer. */
const Reading = () => {
  const [place, found] = [pointer.value, shownValues()];
  return (
    <output id="plane-reading" class="small mono" data-testid="plane-reading">
      {place && found
        ? `x₁ ${place.x1.toFixed(2)}, x₂ ${place.x2.toFixed(2)} → ${short(found.values[pixelOf(place.x1, place.x2)])}`
        : 'Point at the plane for its values.'}
    </output>
  );
};

/** What the colours stand for. */
const ColourScale = () => {
  const { middle, reach } = shownValues() ?? { middle: 0, reach: 1 };
  return (
    <div class="plane-scale small soft">
      <span>{short(middle - reach, 3)}</span>
      <span class="plane-scale-bar" aria-hidden="true" />
      <span>{short(middle + reach, 3)}</span>
    </div>
  );
};

const css = (colour: readonly number[]): string => `rgb(${colour.map(Math.round).join()})`;

/** Points to train on are full, those to test on are small and open. */
function drawPoints(canvas: HTMLCanvasElement): void {
  const density = Math.min(2, devicePixelRatio);
  const side = Math.round(canvas.clientWidth * density);
  [canvas.width, canvas.height] = [side, side];
  const context = canvas.getContext('2d')!;
  const regression = isRegression(settings.peek().data);
  const scale = side / 360;
  const circle = ({ x1, x2 }: Place, radius: number): void => {
    const [right, down] = placeOf(x1, x2);
    context.beginPath();
    context.arc(right * side, down * side, radius * scale, 0, 2 * Math.PI);
  };
  const { train, test } = points.peek();
  for (const [of, radius] of [
    [test, 2.4],
    [train, 3.6],
  ] as const) {
    for (const point of of) {
      circle(point, radius);
      context.fillStyle = css(diverging(Math.max(-1, Math.min(1, regression ? point.y : 2 * point.y - 1))));
      context.strokeStyle = of === train ? 'white' : '#1b1d21';
      context.lineWidth = scale * (of === train ? 1 : 0.6);
      context.fill();
      context.stroke();
    }
  }
  const chosen = chosenPoint.peek();
  if (chosen) {
    for (const [colour, width] of [
      ['white', 5],
      ['#1b1d21', 2.5],
    ] as const) {
      circle(chosen, 8);
      context.strokeStyle = colour;
      context.lineWidth = width * scale;
      context.stroke();
    }
  }
  const place = pointer.peek();
  if (place) {
    const [right, down] = placeOf(place.x1, place.x2).map((share) => share * side);
    context.strokeStyle = '#1b1d21';
    context.lineWidth = scale;
    context.beginPath();
    context.moveTo(right - 9 * scale, down);
    context.lineTo(right + 9 * scale, down);
    context.moveTo(right, down - 9 * scale);
    context.lineTo(right, down + 9 * scale);
    context.stroke();
  }
}
