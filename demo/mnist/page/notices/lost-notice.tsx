import type { Evaluated } from '../../lab/protocol.ts';
import { integer, percent } from '../shared/numbers.ts';
import { loss, recover } from '../state/index.ts';

const kept = ({ step, accuracy }: Evaluated): string =>
  `The weights of about step ${integer(step)} are kept. Their test accuracy is ${percent(accuracy)}. ` +
  'The optimizer state and the epoch count start from zero.';

export const LostNotice = () => {
  const lost = loss.value;
  return (
    <div role="alert">
      {lost && (
        <div class="notice" data-kind="bad">
          <h2 class="notice-title">The GPU was lost</h2>
          <p class="notice-message">
            {lost.held ? kept(lost.held) : 'There was no network yet.'} The browser says: {lost.message}
          </p>
          <button type="button" class="primary" onClick={recover}>
            {lost.held ? 'Continue from there' : 'Try again'}
          </button>
        </div>
      )}
    </div>
  );
};
