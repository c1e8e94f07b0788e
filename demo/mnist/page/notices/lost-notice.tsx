import type { Evaluated } from '../../lab/protocol.ts';
import { integer, percent } from '../shared/numbers.ts';
import { loss, recover } from '../state/index.ts';

const kept = ({ step, accuracy }: Evaluated): string =>
  `The network is kept as it was at step ${integer(step)}, with a test accuracy of ${percent(accuracy)}.`;

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
