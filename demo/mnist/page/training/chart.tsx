import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { hasActed } from '../shared/first-act.ts';
import { ask } from '../state/index.ts';
import type { Palette } from './palette.ts';

/** All but the size; colours are asked for at each drawing. */
export type ChartOptions = Omit<uPlot.Options, 'width' | 'height'>;

export interface ChartProps {
  readonly options: (palette: () => Palette) => ChartOptions;
  readonly data: ReadonlySignal<uPlot.AlignedData>;
  /** What there is to see, in words. */
  readonly label: string;
  /** What stands in the chart as long as there is no curve, and so nothing to load the code for. */
  readonly empty?: string;
}

export const Chart = ({ options, data, label, empty }: ChartProps) => {
  const box = useRef<HTMLDivElement>(null);
  const isWanted = hasActed.value || !empty;
  useEffect(() => {
    if (!isWanted) return;
    let destroy: (() => void) | undefined;
    let isGone = false;
    void ask(async () => {
      const { createChart } = await import('./plot.ts');
      if (!isGone) destroy = createChart(box.current!, options, data);
    });
    return () => {
      isGone = true;
      destroy?.();
    };
  }, [options, data, isWanted]);
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
