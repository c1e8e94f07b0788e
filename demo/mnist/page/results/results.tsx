import { useSignalEffect } from '@preact/signals';
import { DigitPicture } from '../shared/digit-picture.tsx';
import { integer, percent } from '../shared/numbers.ts';
import { openInMicroscope } from '../shared/open-in-microscope.ts';
import { Section } from '../shared/section.tsx';
import { isReady, status, stepNow } from '../state/index.ts';
import { Confusion } from './confusion.tsx';
import { Mistakes } from './mistakes.tsx';
import { forgetOutcome, isTesting, openCell, opened, outcome, runTest } from './outcome.ts';
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
          <div class="results-cells">
            <Confusion counts={result.confusion} open={opened.value?.cell} onOpen={openCell} />
            <Examples />
          </div>
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

/** Digits of the cell that is open. */
const Examples = () => {
  if (!opened.value) return null;
  const { cell, digits } = opened.value;
  const all = outcome.value?.confusion[cell.label][cell.guess] ?? 0;
  return (
    <div class="results-mistakes" data-testid="examples" aria-live="polite">
      <h4>
        {cell.label} read as {cell.guess}
      </h4>
      <p class="soft small">
        {digits.length} of {integer(all)}, the most confident first. Select one to open it in the microscope.
      </p>
      <ul>
        {digits.map((digit) => (
          <li key={digit.title}>
            <button type="button" class="results-mistake" onClick={() => openInMicroscope(digit)}>
              <DigitPicture pixels={digit.pixels} />
              <span>{digit.title}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
};
