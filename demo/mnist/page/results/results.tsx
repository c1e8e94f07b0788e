import { useSignalEffect } from '@preact/signals';
import { Section } from '../section.tsx';
import { isReady, status } from '../state.ts';
import { forgetOutcome, isTesting, outcome, runTest } from './outcome.ts';
import { OutcomeView } from './outcome-view.tsx';
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
