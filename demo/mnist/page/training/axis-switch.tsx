import { axis } from './charts.ts';

const choices = ['steps', 'seconds'] as const;

export const AxisSwitch = () => (
  <fieldset class="training-switch small">
    <legend>Horizontal axis</legend>
    {choices.map((choice) => (
      <label key={choice}>
        <input
          type="radio"
          name="training-axis"
          checked={axis.value === choice}
          onChange={() => {
            axis.value = choice;
          }}
        />
        <span class="training-choice">{choice}</span>
      </label>
    ))}
  </fieldset>
);
