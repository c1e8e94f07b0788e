/** What lies below the numbers of the training: curves, times, and the weights as pictures. Its code is loaded later. */
import { Switch } from '../shared/switch.tsx';
import { AccuracyChart } from './accuracy-chart.tsx';
import { axis } from './charts.ts';
import { FirstLayer } from './first-layer.tsx';
import { LossChart } from './loss-chart.tsx';
import type { Axis } from './points.ts';
import { TimeToAccuracy } from './time-to-accuracy.tsx';

export const Curves = () => (
  <>
    <AxisSwitch />
    <div class="training-charts">
      <LossChart />
      <AccuracyChart />
    </div>
    <TimeToAccuracy />
    <FirstLayer />
  </>
);

const titles: Record<Axis, string> = { steps: 'steps', seconds: 'seconds' };

const AxisSwitch = () => (
  <Switch
    class="training-switch small"
    legend="Horizontal axis"
    name="training-axis"
    options={titles}
    value={axis.value}
    onChoose={(chosen) => {
      axis.value = chosen;
    }}
  />
);
