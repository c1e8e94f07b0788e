/** What a press on the plane does, where points are one's own. */
import { signal } from '@preact/signals';
import { type Brush, brushed, type Place } from './painted.ts';
import { ownPoints, paintPoints } from './plane-state.ts';

export const brush = signal<Brush>('orange');

export function useBrush(place: Place, isDrag: boolean): void {
  const next = brushed(ownPoints.value, place, brush.value, isDrag);
  if (next !== ownPoints.value) paintPoints(next);
}
