import { useSignal } from '@preact/signals';
import type { Mistake, TestResult } from '../../lab/protocol.ts';
import { DigitPicture } from '../shared/digit-picture.tsx';
import { integer, percent } from '../shared/numbers.ts';
import { openInMicroscope } from '../shared/open-in-microscope.ts';
import { config } from '../state/index.ts';

const FIRST = 12;

/** The digits that the network was wrong about, and surest of. */
export const Mistakes = ({ result: { mistakes, count, accuracy } }: { result: TestResult }) => {
  const isWhole = useSignal(false);
  const all = Math.round(count * (1 - accuracy));
  if (all === 0) return <p>There are no mistakes among {integer(count)} digits.</p>;
  const shown = isWhole.value ? mistakes : mistakes.slice(0, FIRST);
  return (
    <div class="results-mistakes">
      <h3>Worst mistakes</h3>
      <p class="soft small">
        {all === 1
          ? 'This is the only mistake.'
          : `${shown.length} of ${integer(all)} mistakes, the most confident first.`}{' '}
        Select one to open it in the microscope.
      </p>
      <ul>
        {shown.map((mistake) => (
          <li key={mistake.index}>
            <MistakeButton mistake={mistake} />
          </li>
        ))}
      </ul>
      {mistakes.length > FIRST && (
        <div class="row">
          <button
            type="button"
            aria-expanded={isWhole.value}
            onClick={() => {
              isWhole.value = !isWhole.value;
            }}
          >
            {isWhole.value ? 'Show fewer' : `Show ${mistakes.length}`}
          </button>
        </div>
      )}
    </div>
  );
};

const MistakeButton = ({ mistake: { index, label, guess, guessProbability, pixels } }: { mistake: Mistake }) => {
  const sureness =
    config.value.loss === 'quadratic'
      ? guessProbability.toFixed(2)
      : percent(guessProbability, guessProbability < 0.995 ? 0 : 1);
  return (
    <button
      type="button"
      class="results-mistake"
      title={`Open test sample ${index} in the microscope`}
      onClick={() => openInMicroscope({ title: `test sample ${index}`, label, pixels })}
    >
      <DigitPicture pixels={pixels} />
      <span>
        {label} read as {guess}, {sureness}
      </span>
    </button>
  );
};
