import { effect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Status } from '../../lab/protocol.ts';
import { losses, status } from '../state/index.ts';
import { onThemeChange, type Palette, paletteAt } from './palette.ts';

/** All but the size; colours are asked for at each drawing. */
export type ChartOptions = Omit<uPlot.Options, 'width' | 'height'>;

interface ChartProps {
  readonly options: (palette: () => Palette) => ChartOptions;
  readonly data: ReadonlySignal<uPlot.AlignedData>;
  /** What there is to see, in words. */
  readonly label: string;
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

export const Chart = ({ options, data, label }: ChartProps) => {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => createChart(box.current!, options, data), [options, data]);
  return (
    <div class="training-frame">
      <div ref={box} class="training-chart" role="img" aria-label={label} />
      {losses.value.length === 0 && (
        <p class="training-empty small">
          <span class="training-words">{waiting[status.value]}</span>
        </p>
      )}
    </div>
  );
};

/** What stands in a chart before there is a curve. */
const waiting: Record<Status, string> = {
  opening: 'Opening the GPU',
  preparing: 'Preparing data and network',
  paused: 'Press Train to start the curve',
  running: 'Waiting for the first numbers',
  failed: 'There is no network to train',
  cancelled: 'There is no network: the preparation was cancelled',
  lost: 'The GPU was lost',
};
