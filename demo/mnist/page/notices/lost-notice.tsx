import { loss, recover } from '../state.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const LostNotice = () => {
  const lost = loss.value;
  return (
    <div role="alert">
      {lost && (
        <div class="notice" data-kind="bad">
          <h2 class="notice-title">The GPU was lost</h2>
          <p class="notice-message">
            The browser took the device away: {lost.message}.{' '}
            {lost.held
              ? `The weights of step ${lost.held.step.toLocaleString('en')} are kept (${percent(lost.held.accuracy)} of the test
              set right). Steps and the memory of the optimizer start again.`
              : 'There was no network yet.'}
          </p>
          <button type="button" class="primary" onClick={recover}>
            {lost.held ? 'Continue from there' : 'Try again'}
          </button>
        </div>
      )}
    </div>
  );
};
