import { losses, status } from '../state.ts';

const words = {
  opening: 'Opening the GPU',
  preparing: 'Preparing data and network',
  paused: 'Press Train to start the curve',
  running: 'Waiting for the first numbers',
  failed: 'There is no network to train',
  cancelled: 'There is no network: the preparation was cancelled',
  lost: 'The GPU was lost',
} as const;

/** What stands in a chart before there is a curve. */
export const Empty = () =>
  losses.value.length > 0 ? null : (
    <p class="training-empty small">
      <span class="training-words">{words[status.value]}</span>
    </p>
  );
