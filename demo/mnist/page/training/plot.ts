/** uPlot, which draws the curves. It is larger than the rest of a first view, and loaded when there is a curve. */
import { effect } from '@preact/signals';
import uPlot from 'uplot';
import type { ChartProps } from './chart.tsx';
import 'uplot/dist/uPlot.min.css';
import { onThemeChange, paletteAt } from './palette.ts';

/** A chart as large as its box, drawn anew at most once per frame. */
export function createChart(box: HTMLElement, options: ChartProps['options'], data: ChartProps['data']): () => void {
  let palette = paletteAt(box);
  const size = () => ({ width: box.clientWidth, height: box.clientHeight });
  const plot = new uPlot({ ...options(() => palette), ...size() }, data.peek(), box);
  let frame = 0;
  const unsubscribe = effect(() => {
    data.value;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      plot.setData(data.peek());
    });
  });
  const observer = new ResizeObserver(() => plot.setSize(size()));
  observer.observe(box);
  const unwatch = onThemeChange(() => {
    palette = paletteAt(box);
    plot.redraw(false);
  });
  return () => {
    unsubscribe();
    cancelAnimationFrame(frame);
    observer.disconnect();
    unwatch();
    plot.destroy();
  };
}
