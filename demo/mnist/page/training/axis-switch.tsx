import { Switch } from '../switch.tsx';
import { axis } from './charts.ts';
import type { Axis } from './points.ts';

const titles: Record<Axis, string> = { steps: 'steps', seconds: 'seconds' };

export const AxisSwitch = () => (
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
