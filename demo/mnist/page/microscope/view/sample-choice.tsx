import { useSignal } from '@preact/signals';
import { choose, count, place, type SetName } from '../model/samples.ts';

/** Which sample of the data is looked at. */
export const SampleChoice = () => {
  const { set, index } = place.value;
  const written = useSignal<string>();
  const none = count.value === 0;
  const random = () => choose(set, Math.floor(Math.random() * count.value));
  const adopt = () => {
    if (written.value !== undefined && written.value !== '') choose(set, Number(written.value));
    written.value = undefined;
  };
  return (
    <form
      class="microscope-choice"
      aria-label="Sample"
      onSubmit={(event) => {
        event.preventDefault();
        adopt();
      }}
    >
      <label>
        From
        <select
          value={set}
          disabled={none}
          onChange={({ currentTarget }) => choose(currentTarget.value as SetName, index)}
        >
          <option value="test">test set</option>
          <option value="train">training set</option>
        </select>
      </label>
      <label>
        Number
        <input
          type="number"
          min={0}
          max={Math.max(0, count.value - 1)}
          disabled={none}
          value={written.value ?? index}
          onInput={({ currentTarget: { value } }) => {
            written.value = value;
          }}
          onChange={adopt}
        />
      </label>
      <div class="microscope-buttons">
        <button type="button" disabled={none || index === 0} onClick={() => choose(set, index - 1)}>
          Previous
        </button>
        <button type="button" disabled={none || index === count.value - 1} onClick={() => choose(set, index + 1)}>
          Next
        </button>
        <button type="button" disabled={none} onClick={random}>
          Random
        </button>
      </div>
    </form>
  );
};
