import { integer, percent } from '../numbers.ts';
import { stepNow } from '../state.ts';
import { Confusion } from './confusion.tsx';
import { Mistakes } from './mistakes.tsx';
import { isTesting, outcome } from './outcome.ts';

/** What the last run of the test set found. */
export const OutcomeView = () => {
  const result = outcome.value;
  return (
    <>
      <div aria-live="polite">{result && !isTesting.value ? <Summary /> : <p class="soft">{waiting()}</p>}</div>
      {result && (
        <div class="results-found">
          <Confusion counts={result.confusion} />
          <Mistakes result={result} />
        </div>
      )}
    </>
  );
};

const waiting = (): string => (isTesting.value ? 'Running the test set…' : 'Not run yet with these weights.');

const Summary = () => {
  const { count, accuracy, step } = outcome.value!;
  const right = Math.round(accuracy * count);
  const isOutdated = stepNow.value > step;
  return (
    <>
      <p class="results-accuracy">{percent(accuracy, 2)} correct</p>
      <p class="soft small">
        {integer(right)} of {integer(count)} test digits, with the weights after {integer(step)} steps.{' '}
        {isOutdated && <strong>Out of date: training has continued since.</strong>}
      </p>
    </>
  );
};
