/** The experiments to choose from, and the buttons that run one. */
import { experiments } from '../../lab/experiments/table.ts';
import { NumberField } from '../controls/number-field.tsx';
import { SettingsFold } from '../controls/settings-fold.tsx';
import { integer } from '../shared/numbers.ts';
import { hashOf, seedLimits } from './experiments-address.ts';
import {
  advance,
  choose,
  chosen,
  experiment,
  isFinished,
  isPlaying,
  pause,
  play,
  playAgain,
  prepare,
  status,
  trained,
} from './experiments-state.ts';

export const ExperimentControls = () => {
  const { show, seed } = chosen.value;
  return (
    <aside class="card controls" aria-label="Choice of the experiment">
      <ExperimentToolbar />
      <SettingsFold summary={`${experiment.value.title}, seed ${seed}`}>
        <nav aria-label="Experiments">
          <ol class="experiment-list">
            {experiments.map(({ id, title }) => (
              <li key={id}>
                <a href={hashOf({ show: id, seed })} aria-current={id === show ? 'true' : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <NumberField
          label="Seed"
          term="seed"
          whole
          value={seed}
          limits={seedLimits}
          onCommit={(value) => choose({ seed: value })}
        />
        <p class="small soft">
          Another seed gives other first weights and other samples. What an experiment shows should not depend on it.
          The address of this page holds the experiment and its seed.
        </p>
      </SettingsFold>
    </aside>
  );
};

const states = { preparing: 'Preparing', ready: 'Paused', failed: 'Failed' } as const;

const stateNow = (): string => {
  if (isPlaying.value) return 'Training';
  return status.value === 'ready' && isFinished.value ? 'Finished' : states[status.value];
};

/** What the large button does. */
const mainAction = (): { name: string; run: () => unknown } => {
  if (isPlaying.value) return { name: 'Pause', run: pause };
  return isFinished.value ? { name: 'Rerun', run: playAgain } : { name: 'Start', run: play };
};

const ExperimentToolbar = () => {
  const isReady = status.value === 'ready';
  const { name, run } = mainAction();
  const { steps, every } = experiment.value;
  return (
    <div class="toolbar">
      <div class="toolbar-buttons">
        <button type="button" class="primary toolbar-train" disabled={!isReady} onClick={run}>
          {name}
        </button>
        <button
          type="button"
          disabled={!isReady || isPlaying.value || isFinished.value}
          title={every === 1 ? 'Train on one batch' : `Train on ${every} batches`}
          onClick={advance}
        >
          Step
        </button>
        <button
          type="button"
          disabled={status.value === 'preparing'}
          title="Fresh networks from the seed"
          onClick={prepare}
        >
          Reset
        </button>
      </div>
      <p class="toolbar-state small">
        <span
          class="toolbar-word"
          role="status"
          data-status={isPlaying.value ? 'running' : status.value}
          data-finished={isReady && isFinished.value}
        >
          {stateNow()}
        </span>
        <span class="toolbar-step soft">
          step {integer(trained.value)} of {integer(steps)}
        </span>
      </p>
    </div>
  );
};
