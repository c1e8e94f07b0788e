import { Term } from '../glossary/term.tsx';
import { DASH } from '../shared/numbers.ts';
import { latest, progress } from '../state/index.ts';
import { formatCount, formatLoss, formatPart, formatRate, formatSeconds, formatShare } from './steady-numbers.ts';

interface NumberProps {
  readonly name: string;
  readonly value: string;
  readonly id: string;
}

const Figure = ({ name, value, id }: NumberProps) => (
  <div>
    <dt class="soft small">{name}</dt>
    <dd data-testid={id}>{value}</dd>
  </div>
);

/** How far the epoch is, of which the last report may be of the one before. */
const Epoch = () => {
  const { epoch = 1, stepOfEpoch = 0, stepsOfEpoch } = progress.value ?? {};
  const of = stepsOfEpoch
    ? `step ${formatPart(stepOfEpoch, stepsOfEpoch)} of ${formatCount(stepsOfEpoch)}`
    : 'not started';
  return (
    <div class="training-epoch small">
      <span>
        <label for="training-epoch">Epoch {progress.value ? formatCount(epoch) : DASH}</label>
        <Term of="epoch" />
      </span>
      <progress id="training-epoch" max={stepsOfEpoch ?? 1} value={stepOfEpoch} />
      <span class="soft">{of}</span>
    </div>
  );
};

export const Numbers = () => {
  const { value: now } = progress;
  const { value: tested } = latest;
  // Either may be the newer: a pause ends with an evaluation.
  const seen = [now, tested].filter((of) => of !== undefined);
  const [step, seconds] = [seen.map((of) => of.step), seen.map((of) => of.seconds)].map((all) => Math.max(...all));
  return (
    <div class="training-numbers">
      <dl>
        <Figure id="test-accuracy" name="Test accuracy" value={tested ? formatShare(tested.accuracy) : DASH} />
        <Figure id="test-loss" name="Test loss" value={tested ? formatLoss(tested.loss) : DASH} />
        <Figure id="training-loss" name="Training loss" value={now ? formatLoss(now.loss) : DASH} />
        <Figure id="step" name="Step" value={formatCount(step)} />
        <Figure id="training-time" name="Training time" value={formatSeconds(seconds)} />
        <Figure id="rate" name="Samples/s" value={now ? formatRate(now.samplesPerSecond) : DASH} />
      </dl>
      <Epoch />
    </div>
  );
};
