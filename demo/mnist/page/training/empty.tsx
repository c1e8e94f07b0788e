import { losses, status } from '../state.ts';

const words = {
  opening: 'Opening the GPU',
  preparing: 'Preparing data and network',
  paused: 'Press Train and the curve begins here',
  running: 'The first numbers are on their way',
  failed: 'There is no network to train',
  cancelled: 'There is no network: preparing was cancelled',
  lost: 'The GPU is gone',
} as const;

/** What stands in a chart before there is a curve. */
export const Empty = () =>
  losses.value.length > 0 ? null : (
    <p class="training-empty small">
      <span class="training-words">{words[status.value]}</span>
    </p>
  );
