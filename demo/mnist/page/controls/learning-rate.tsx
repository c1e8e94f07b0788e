import { useId } from 'preact/hooks';
import { limits } from '../../config.ts';
import { config, configure } from '../state/index.ts';
import { NumberField } from './number-field.tsx';
import { positionOf, rateAt, slider } from './rate-slider.ts';

/** The one setting that a net in training takes up. */
export const LearningRate = () => {
  const id = useId();
  const { learningRate } = config.value;
  return (
    <div class="rate">
      <div class="controls-line">
        <NumberField
          label="Learning rate"
          term="learning rate"
          value={learningRate}
          limits={limits.learningRate}
          onCommit={(value) => configure({ learningRate: value })}
        />
      </div>
      <div class="rate-slider">
        <label class="unseen" for={id}>
          Learning rate slider
        </label>
        <span class="small soft" aria-hidden="true">
          0.00001
        </span>
        <input
          id={id}
          type="range"
          min={slider.least}
          max={slider.most}
          step={slider.step}
          value={positionOf(learningRate)}
          aria-valuetext={String(learningRate)}
          onInput={({ currentTarget }) => configure({ learningRate: rateAt(currentTarget.valueAsNumber) })}
        />
        <span class="small soft" aria-hidden="true">
          10
        </span>
      </div>
    </div>
  );
};
