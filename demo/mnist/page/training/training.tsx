import { Term } from '../glossary/term.tsx';
import { Later } from '../shared/later.tsx';
import { Section } from '../shared/section.tsx';
import { trouble } from '../state/index.ts';
import { Numbers } from './key-figures.tsx';
import './training.css';

const curves = () => import('./curves.tsx').then(({ Curves }) => Curves);

export const Training = () => (
  <Section
    id="training"
    title="Training"
    lead={
      <>
        Training <Term of="loss">loss</Term> is the mean over the latest <Term of="step">steps</Term>. The{' '}
        <Term of="test set">test set</Term> is never trained on. Chance is what guessing would come to.
      </>
    }
  >
    <TroubleNotice />
    <Numbers />
    <Later load={curves} height={900} />
  </Section>
);

/** Says, while a run gets nowhere, what is seen and what to try. */
const TroubleNotice = () => (
  <div role="status" class="training-trouble" data-testid="trouble">
    {trouble.value && (
      <p>
        <strong>{trouble.value.word}.</strong> {trouble.value.sentence}
      </p>
    )}
  </div>
);
