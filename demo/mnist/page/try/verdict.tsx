import { percent } from '../numbers.ts';
import { isReady, latest } from '../state.ts';
import { outputs, seen } from './drawing.ts';
import { guess } from './guess.ts';

/** Below this share of the test samples the guess says more about the training than about the drawing. */
const LEARNT = 0.7;

/** The guess in words, and how far to trust it. */
export const Verdict = () => {
  const accuracy = latest.value?.accuracy ?? 0;
  const isUntrained = isReady.value && !(accuracy >= LEARNT);
  return (
    <div>
      <p class="try-guess" aria-live="polite">
        {outputs.value ? guess(outputs.value) : seen.value ? 'Waiting for the network' : 'Nothing drawn yet'}
      </p>
      <p class="soft small">
        {isReady.value
          ? `The network classifies ${percent(accuracy)} of the test digits correctly.`
          : 'There is no network right now.'}
        {isUntrained && ' Train it first.'}
      </p>
    </div>
  );
};
