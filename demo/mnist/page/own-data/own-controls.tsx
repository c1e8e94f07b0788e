/** What a visitor can choose of the net and its training, and the buttons that train. */
import { activations, type OptimizerName, optimizers } from '../../config.ts';
import { ownLimits } from '../../lab/own-data/own-protocol.ts';
import '../controls/controls.css';
import '../controls/toolbar.css';
import { Choice } from '../controls/choice.tsx';
import { NumberField } from '../controls/number-field.tsx';
import { SettingsFold } from '../controls/settings-fold.tsx';
import { UnitCounts } from '../controls/unit-counts.tsx';
import { Term } from '../glossary/term.tsx';
import { integer, percent } from '../shared/numbers.ts';
import {
  configure,
  frame,
  isPlaying,
  isReady,
  kind,
  pause,
  play,
  prepare,
  prepared,
  settings,
  status,
} from './own-state.ts';

export const OwnControls = () => (
  <aside class="card controls own-controls" aria-label="Controls of the network">
    <OwnToolbar />
    <Fields />
  </aside>
);

const states = { empty: 'No data yet', preparing: 'Preparing', ready: 'Paused', failed: 'Failed' } as const;

const OwnToolbar = () => {
  const [now, net] = [frame.value, prepared.value];
  const accuracy = now?.test.accuracy;
  return (
    <div class="toolbar">
      <div class="toolbar-buttons own-buttons">
        <button
          type="button"
          class="primary toolbar-train"
          disabled={!isReady.value}
          onClick={isPlaying.value ? pause : play}
        >
          {isPlaying.value ? 'Pause' : 'Train'}
        </button>
        <button
          type="button"
          disabled={!isReady.value && status.value !== 'failed'}
          title="Fresh weights from the seed"
          onClick={prepare}
        >
          Reset
        </button>
      </div>
      <p class="toolbar-state small">
        <span class="toolbar-word" role="status" data-status={isPlaying.value ? 'running' : status.value}>
          {isPlaying.value ? 'Training' : states[status.value]}
        </span>
        {now && net && (
          <span class="soft">
            epoch <span data-testid="own-epoch">{integer(Math.floor(now.step / net.stepsOfEpoch))}</span>
          </span>
        )}
        {accuracy !== undefined && <span class="soft">{percent(accuracy)} correct</span>}
      </p>
    </div>
  );
};

const titles = <T extends string>(names: readonly T[], titleOf: (name: T) => string) =>
  Object.fromEntries(names.map((name) => [name, titleOf(name)])) as Record<T, string>;
const activationTitles = titles(Object.values(activations), (name) => name);
const optimizerTitles = titles(Object.keys(optimizers) as OptimizerName[], (name) => optimizers[name].title);

/** Rates at which small nets train steadily. */
const rates: Readonly<Record<OptimizerName, number>> = {
  sgd: 0.1,
  momentum: 0.03,
  nesterov: 0.03,
  rmsprop: 0.005,
  adam: 0.01,
  adamw: 0.01,
};

const Fields = () => {
  const now = settings.value;
  const number = (label: string, key: 'heldOut' | 'batch' | 'epochs' | 'seed') => (
    <NumberField
      label={label}
      whole
      value={now[key]}
      limits={ownLimits[key]}
      onCommit={(value) => configure({ [key]: value })}
    />
  );
  return (
    <SettingsFold summary={`${now.hidden.join(' → ') || 'no hidden layer'}, ${now.activation}`}>
      <fieldset class="controls-group">
        <legend>Network</legend>
        {kind.value !== 'table' && (
          <label class="own-check">
            <input
              type="checkbox"
              checked={now.isConvolutional}
              onChange={({ currentTarget }) => configure({ isConvolutional: currentTarget.checked })}
            />
            <span>Two convolutions first</span>
          </label>
        )}
        <UnitCounts hidden={now.hidden} limits={ownLimits} first={16} onChange={(hidden) => configure({ hidden })} />
        <div class="controls-line">
          <Choice
            label="Activation"
            term="activation"
            value={now.activation}
            options={activationTitles}
            onChoose={(activation) => configure({ activation })}
          />
        </div>
      </fieldset>
      <fieldset class="controls-group">
        <legend>Training</legend>
        <div class="controls-line">
          <Choice
            label="Optimizer"
            term="optimizer"
            value={now.optimizer}
            options={optimizerTitles}
            onChoose={(optimizer) => configure({ optimizer, learningRate: rates[optimizer] })}
          />
        </div>
        <div class="controls-line">
          <NumberField
            label="Learning rate"
            value={now.learningRate}
            limits={ownLimits.learningRate}
            onCommit={(learningRate) => configure({ learningRate })}
          />
        </div>
        <div class="controls-pair">
          {number('Epochs', 'epochs')}
          {number('Batch', 'batch')}
          {number('Held out, %', 'heldOut')}
          {number('Seed', 'seed')}
        </div>
        {kind.value !== 'table' && (
          <label class="own-check">
            <input
              type="checkbox"
              checked={now.isAugmented}
              onChange={({ currentTarget }) => configure({ isAugmented: currentTarget.checked })}
            />
            <span>Move, turn and scale pictures at random</span>
          </label>
        )}
        <p class="small soft">
          An <Term of="epoch">epoch</Term> is one pass over the samples. What is held out is never trained on: it shows
          whether the network has learned a rule, or only the samples by heart.
        </p>
      </fieldset>
    </SettingsFold>
  );
};
