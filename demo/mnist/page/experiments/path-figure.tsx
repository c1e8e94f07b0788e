/** The way of two weights over a map of the loss, for each net. */
import { effect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Course, Landscape, PathPicture } from '../../lab/experiments/experiment.ts';
import { short } from '../microscope/model/short-numbers.ts';
import { onThemeChange, type Palette, paletteAt } from '../training/palette.ts';
import { bandsOf } from './bands.ts';
import { experiment, landscape } from './experiments-state.ts';
import { sideColours } from './sides.tsx';

interface PathFigureProps {
  readonly picture: PathPicture;
  readonly courses: ReadonlySignal<readonly Course[]>;
}

export const PathFigure = ({ picture: { title, of }, courses }: PathFigureProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => keepDrawn(canvas.current!, courses, of), [of]);
  const map = landscape.value;
  const ends = experiment.value.sides.map(({ title }, side) => {
    const weights = courses.value[side]?.looks.at(-1)?.values[of];
    return `${title} at ${weights ? weights.map((weight) => short(weight)).join(', ') : 'its start'}`;
  });
  return (
    <figure class="experiment-figure">
      <figcaption>
        <h3>{title}</h3>
      </figcaption>
      <div class="experiment-map">
        <canvas ref={canvas} role="img" aria-label={`${title}: ${ends.join('; ')}.`} />
      </div>
      {map && (
        <p class="small soft">
          To the right: the first weight, from {short(map.across[0])} to {short(map.across[1])}. Upwards: the second,
          from {short(map.up[0])} to {short(map.up[1])}. Each shade is half the loss of the next weaker one.
        </p>
      )}
    </figure>
  );
};

/** Draws every change; returns what ends that. */
function keepDrawn(canvas: HTMLCanvasElement, courses: ReadonlySignal<readonly Course[]>, of: string): () => void {
  let palette = paletteAt(canvas.parentElement!);
  const draw = (): void => {
    const side = Math.round(canvas.clientWidth * Math.min(2, devicePixelRatio));
    [canvas.width, canvas.height] = [side, side];
    const map = landscape.peek();
    if (!map || side === 0) return;
    drawMap(canvas, map, palette);
    for (const [at, { looks }] of courses.peek().entries()) {
      drawPath(
        canvas,
        map,
        looks.map(({ values }) => values[of]),
        palette[sideColours[at]],
      );
    }
  };
  const observer = new ResizeObserver(draw);
  observer.observe(canvas);
  const end = effect(() => {
    void [courses.value, landscape.value];
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

function drawMap(canvas: HTMLCanvasElement, { losses, columns }: Landscape, { ink, surface }: Palette): void {
  const context = canvas.getContext('2d')!;
  const edge = (at: number): number => Math.round((at / columns) * canvas.width);
  context.fillStyle = surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = ink;
  for (const [i, band] of bandsOf(losses).entries()) {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    context.globalAlpha = 0.55 * band;
    context.fillRect(edge(column), edge(row), edge(column + 1) - edge(column), edge(row + 1) - edge(row));
  }
  context.globalAlpha = 1;
}

function drawPath(
  canvas: HTMLCanvasElement,
  { across, up }: Landscape,
  weights: readonly (readonly number[])[],
  colour: string,
): void {
  const context = canvas.getContext('2d')!;
  const size = canvas.width;
  const scale = size / 400;
  const placeOf = ([first, second]: readonly number[]): [number, number] => [
    ((first - across[0]) / (across[1] - across[0])) * size,
    ((up[1] - second) / (up[1] - up[0])) * size,
  ];
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.75 * scale;
  context.lineJoin = 'round';
  context.beginPath();
  for (const of of weights) context.lineTo(...placeOf(of));
  context.stroke();
  for (const [i, of] of weights.entries()) {
    context.beginPath();
    context.arc(...placeOf(of), (i === weights.length - 1 ? 5 : 1.8) * scale, 0, 2 * Math.PI);
    context.fill();
  }
}
