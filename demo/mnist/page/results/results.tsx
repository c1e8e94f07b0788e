import { useSignalEffect } from '@preact/signals';
import { integer, percent } from '../shared/numbers.ts';
import { Section } from '../shared/section.tsx';
import { isReady, status, stepNow } from '../state/index.ts';
import { Confusion } from './confusion.tsx';
import { Mistakes } from './mistakes.tsx';
import { forgetOutcome, isTesting, outcome, runTest } from './outcome.ts';
import { Weights } from './weights.tsx';
import './results.css';

export const Results = () => {
  useSignalEffect(() => {
    if (status.value === 'preparing') forgetOutcome();
  });
  return (
    <Section id="results" title="Test set" lead="How well the network classifies digits that it never trains on.">
      <div class="row">
        <button type="button" disabled={!isReady.value || isTesting.value} onClick={runTest}>
          {outcome.value ? 'Run the test set again' : 'Run the test set'}
        </button>
      </div>
      <OutcomeView />
      <Weights />
    </Section>
  );
};

/** What the last run of the test set found. */
const OutcomeView = () => {
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
