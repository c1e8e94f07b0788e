import { effect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onThemeChange, type Palette, paletteAt } from './palette.ts';

/** All but the size; colours are asked for at each drawing. */
export type ChartOptions = Omit<uPlot.Options, 'width' | 'height'>;

interface ChartProps {
  readonly options: (palette: () => Palette) => ChartOptions;
  readonly data: ReadonlySignal<uPlot.AlignedData>;
  /** What there is to see, in words. */
  readonly label: string;
  /** What stands in the chart as long as there is no curve. */
  readonly empty?: string;
}

/** A chart as large as its box, drawn anew at most once per frame. */
function createChart(box: HTMLElement, options: ChartProps['options'], data: ChartProps['data']): () => void {
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

export const Chart = ({ options, data, label, empty }: ChartProps) => {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => createChart(box.current!, options, data), [options, data]);
  return (
    <div class="training-frame">
      <div ref={box} class="training-chart" role="img" aria-label={label} />
      {empty && (
        <p class="training-empty small">
          <span class="training-words">{empty}</span>
        </p>
      )}
    </div>
  );
};
