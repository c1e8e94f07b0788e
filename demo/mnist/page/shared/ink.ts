import { frame, type Stroke, trace } from './strokes.ts';

/** Pixels on a side: enough for their means to be smooth, few enough to be counted at every move. */
const SIDE = 160;
/** Pixels around, for the soft edge of the pen. */
const MARGIN = 2;

let canvas: HTMLCanvasElement | undefined;

/** The strokes, large, as ink from 0 to 1. */
export function inkOf(strokes: readonly Stroke[]): { ink: Float32Array; width: number } {
  canvas ??= Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const { x, y, side, pen } = frame(strokes);
  const scale = (SIDE - 2 * MARGIN) / side;
  context.resetTransform();
  context.clearRect(0, 0, SIDE, SIDE);
  context.setTransform(scale, 0, 0, scale, MARGIN - x * scale, MARGIN - y * scale);
  trace(context, strokes, pen);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return { ink: Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3] / 255), width: SIDE };
}
