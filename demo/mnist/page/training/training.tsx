import { Term } from '../glossary/term.tsx';
import { Section } from '../shared/section.tsx';
import { Switch } from '../shared/switch.tsx';
import { trouble } from '../state/index.ts';
import { AccuracyChart } from './accuracy-chart.tsx';
import { axis } from './charts.ts';
import { FirstLayer } from './first-layer.tsx';
import { Numbers } from './key-figures.tsx';
import { LossChart } from './loss-chart.tsx';
import type { Axis } from './points.ts';
import { TimeToAccuracy } from './time-to-accuracy.tsx';
import './training.css';

export const Training = () => (
  <Section
    id="training"
    title="Training"
    lead={
      <>
        Training <Term of="loss">loss</Term> is the mean over the latest <Term of="step">steps</Term>. The{' '}
        <Term of="test set">test set</Term> is never trained on. Chance is what guessing would come to.
      </>
    }
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

/** Says, while a run gets nowhere, what is seen and what to try. */
const TroubleNotice = () => (
  <div role="status" class="training-trouble" data-testid="trouble">
    {trouble.value && (
      <p>
        <strong>{trouble.value.word}.</strong> {trouble.value.sentence}
      </p>
    )}
  </div>
);
