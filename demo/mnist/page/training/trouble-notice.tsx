import { trouble } from '../state.ts';

/** Says, while a run gets nowhere, what is seen and what to try. */
export const TroubleNotice = () => (
  <div role="status" class="training-trouble" data-testid="trouble">
    {trouble.value && (
      <p>
        <strong>{trouble.value.word}.</strong> {trouble.value.sentence}
      </p>
    )}
  </div>
);
