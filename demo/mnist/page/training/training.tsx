import { Section } from '../section.tsx';
import { AccuracyChart } from './accuracy-chart.tsx';
import { AxisSwitch } from './axis-switch.tsx';
import { FirstLayer } from './first-layer.tsx';
import { LossChart } from './loss-chart.tsx';
import { Numbers } from './numbers.tsx';
import { TimeToAccuracy } from './time-to-accuracy.tsx';
import './training.css';
import { TroubleNotice } from './trouble-notice.tsx';

export const Training = () => (
  <Section
    id="training"
    title="Training"
    lead="Training loss is the mean over the latest steps. Test samples are never trained on."
  >
    <TroubleNotice />
    <Numbers />
    <AxisSwitch />
    <div class="training-charts">
      <LossChart />
      <AccuracyChart />
    </div>
    <TimeToAccuracy />
    <FirstLayer />
  </Section>
);
