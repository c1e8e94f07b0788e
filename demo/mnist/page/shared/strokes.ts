/** Strokes of a pen, and how they are put on a canvas. */

/** In sides of the pad. */
export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

/** Of the pen on the pad. */
export const PEN = 0.075;
/** Of the strokes of MNIST, in pixels of the 20 that a digit fills. */
const STROKE = 2.6;
const BOX = 20;

/** Fills a curve through the middles between neighbouring points; a stroke of one point is a dot. */
export function trace(context: CanvasRenderingContext2D, strokes: readonly Stroke[], thickness: number): void {
  context.lineWidth = thickness;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  for (const points of strokes) {
    context.moveTo(...points[0]);
    for (let i = 1; i + 1 < points.length; i++) {
      const [[x, y], [nextX, nextY]] = [points[i], points[i + 1]];
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.lineTo(...points[points.length - 1]);
  }
  context.stroke();
}

/** A square in which the strokes lie with a pen that makes them as thick as MNIST's, whatever size they are drawn at. */
export function frame(strokes: readonly Stroke[]): { x: number; y: number; side: number; pen: number } {
  const points = strokes.flat();
  const range = (axis: 0 | 1) => {
    const all = points.map((point) => point[axis]);
    const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
    return { middle: (low + high) / 2, length: high - low };
  };
  const [across, down] = [range(0), range(1)];
  const extent = Math.max(across.length, down.length);
  const pen = Math.max((STROKE * extent) / (BOX - STROKE), PEN / 4);
  const side = extent + pen;
  return { x: across.middle - side / 2, y: down.middle - side / 2, side, pen };
}
