import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { imageOfDigit, paint } from './colours.ts';
import './pad.css';
import { PEN, type Point, type Stroke, trace } from './strokes.ts';

interface PadProps {
  readonly strokes: Signal<readonly Stroke[]>;
  /** A digit in place of a drawing, 784 numbers from 0 to 1. */
  readonly taken?: ReadonlySignal<Float32Array | undefined>;
  /** What stands on the pad as long as nothing is drawn. */
  readonly hint: string;
  /** Called before the first point of each stroke. */
  readonly onBegin?: () => void;
}

/** Moves shorter than this, in sides of the pad, make curves no better. */
const LEAST_MOVE = 0.003;

/** Where one draws, with whatever points. */
export const Pad = ({ strokes, taken, hint, onBegin }: PadProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointer = useRef<number | undefined>(undefined);
  /** Pixels of the device on a side. */
  const side = useSignal(0);

  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      side.value = Math.round(contentRect.width * devicePixelRatio);
    });
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, [side]);
  useSignalEffect(() => {
    if (side.value > 0) show(canvas.current!, side.value, strokes.value, taken?.value);
  });

  const begin = (event: PointerEvent): void => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    canvas.current!.setPointerCapture(event.pointerId);
    pointer.current = event.pointerId;
    onBegin?.();
    strokes.value = [...strokes.value, [pointOf(event, canvas.current!)]];
  };
  const move = (event: PointerEvent): void => {
    if (event.pointerId !== pointer.current) return;
    const all = event.getCoalescedEvents?.() ?? [];
    strokes.value = extended(
      strokes.value,
      (all.length > 0 ? all : [event]).map((part) => pointOf(part, canvas.current!)),
    );
  };
  const end = (event: PointerEvent): void => {
    if (event.pointerId === pointer.current) pointer.current = undefined;
  };

  return (
    <div class="pad">
      <canvas
        ref={canvas}
        role="img"
        aria-label="Drawing pad"
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onLostPointerCapture={end}
      />
      {strokes.value.length === 0 && !taken?.value && <p class="pad-hint">{hint}</p>}
    </div>
  );
};

function pointOf({ clientX, clientY }: PointerEvent, canvas: HTMLCanvasElement): Point {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

/** Goes on with the last stroke. */
function extended(strokes: readonly Stroke[], points: readonly Point[]): readonly Stroke[] {
  const last = [...(strokes.at(-1) ?? [])];
  for (const point of points) {
    const [x, y] = last.at(-1) ?? [Infinity, Infinity];
    if (Math.hypot(point[0] - x, point[1] - y) >= LEAST_MOVE) last.push(point);
  }
  return last.length > 0 ? [...strokes.slice(0, -1), last] : strokes;
}

function show(canvas: HTMLCanvasElement, side: number, strokes: readonly Stroke[], taken?: Float32Array): void {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d')!;
  if (taken) {
    const small = document.createElement('canvas');
    paint(small, imageOfDigit(taken));
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, side, side);
    return;
  }
  context.strokeStyle = '#fafafa';
  context.scale(side, side);
  trace(context, strokes, PEN);
}
