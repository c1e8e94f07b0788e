import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { imageOfDigit, paint } from '../shared/colours.ts';
import { strokes, taken } from './drawing.ts';
import { PEN, type Point, trace } from './strokes.ts';

/** Moves shorter than this, in sides of the pad, make curves no better. */
const LEAST_MOVE = 0.003;

/** Where one draws, with whatever points. */
export const Pad = () => {
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
    if (side.value > 0) show(canvas.current!, side.value);
  });

  const begin = (event: PointerEvent): void => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    canvas.current!.setPointerCapture(event.pointerId);
    pointer.current = event.pointerId;
    taken.value = undefined;
    strokes.value = [...strokes.value, [pointOf(event, canvas.current!)]];
  };
  const move = (event: PointerEvent): void => {
    if (event.pointerId !== pointer.current) return;
    const all = event.getCoalescedEvents?.() ?? [];
    extend((all.length > 0 ? all : [event]).map((part) => pointOf(part, canvas.current!)));
  };
  const end = (event: PointerEvent): void => {
    if (event.pointerId === pointer.current) pointer.current = undefined;
  };

  return (
    <div class="try-pad">
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
      {strokes.value.length === 0 && !taken.value && <p class="try-hint">Draw a digit here</p>}
    </div>
  );
};

function pointOf({ clientX, clientY }: PointerEvent, canvas: HTMLCanvasElement): Point {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

/** Goes on with the last stroke. */
function extend(points: readonly Point[]): void {
  const before = strokes.value.slice(0, -1);
  const last = [...(strokes.value.at(-1) ?? [])];
  for (const point of points) {
    const [x, y] = last.at(-1) ?? [Infinity, Infinity];
    if (Math.hypot(point[0] - x, point[1] - y) >= LEAST_MOVE) last.push(point);
  }
  if (last.length > 0) strokes.value = [...before, last];
}

function show(canvas: HTMLCanvasElement, side: number): void {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d')!;
  if (taken.value) {
    const small = document.createElement('canvas');
    paint(small, imageOfDigit(taken.value.pixels));
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, side, side);
    return;
  }
  context.strokeStyle = '#fafafa';
  context.scale(side, side);
  trace(context, strokes.value, PEN);
}
