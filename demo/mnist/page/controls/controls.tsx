import { isReady, isTraining, pause, reset, start, step } from '../state.ts';

export const Controls = () => (
  <aside class="card" aria-label="Settings">
    <div class="row">
      <button type="button" class="primary" disabled={!isReady.value} onClick={isTraining.value ? pause : start}>
        {isTraining.value ? 'Pause' : 'Train'}
      </button>
      <button type="button" disabled={!isReady.value} onClick={step}>
        Step
      </button>
      <button type="button" onClick={reset}>
        Reset
      </button>
    </div>
  </aside>
);
