import { useId } from 'preact/hooks';
import { configure } from '../state/index.ts';
import { isReading, take } from './take.ts';

const files = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

/** The way to MNIST without a network, and to sets of one's own. Open where there is no other way. */
export const OwnFiles = ({ isNeeded }: { isNeeded: boolean }) => {
  const id = useId();
  return (
    <details class="own" open={isNeeded}>
      <summary class="small">Use files of your own</summary>
      {isNeeded && (
        <p class="small">
          <strong>MNIST is not loaded.</strong> Get its four files some other way and choose them here, or{' '}
          <button type="button" class="own-link" onClick={() => configure({ data: 'digits' })}>
            use the generated digits
          </button>
          .
        </p>
      )}
      <p class="small soft" id={`${id}-which`}>
        Choose all four at once, plain or .gz. They never leave this machine.
      </p>
      <ul class="own-names mono">
        {files.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <label class="button own-button">
        <input
          type="file"
          class="unseen"
          multiple
          aria-describedby={`${id}-which`}
          disabled={isReading.value}
          onChange={({ currentTarget }) => {
            take([...(currentTarget.files ?? [])]);
            currentTarget.value = ''; // so that the same files can be chosen again
          }}
        />
        <span>{isReading.value ? 'Reading the files…' : 'Choose the four files'}</span>
      </label>
      <p class="small soft">Or drop them anywhere on this page.</p>
    </details>
  );
};
