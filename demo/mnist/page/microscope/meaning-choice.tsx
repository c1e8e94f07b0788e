import { CLASSES } from '../../lab/protocol.ts';
import { mean, meant } from './inspection.ts';

/** For a picture that comes without a label: the error is measured against what it is meant to be. */
export const MeaningChoice = () => (
  <fieldset class="switch microscope-meaning">
    <legend class="small">
      Which digit did you draw?{' '}
      <span class="soft">
        {meant.value?.said ? '' : 'Until you choose, the network’s first guess counts as correct.'}
      </span>
    </legend>
    {Array.from({ length: CLASSES }, (_, digit) => (
      <label key={digit}>
        <input
          type="radio"
          name="microscope-meaning"
          checked={meant.value?.label === digit}
          onChange={() => mean(digit)}
          // To say that what was taken for it is right changes no button.
          onClick={() => mean(digit)}
        />
        <span>{digit}</span>
      </label>
    ))}
  </fieldset>
);
