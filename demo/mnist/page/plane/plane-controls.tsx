/** What a visitor of the plane can choose, and the buttons that train. */
import { useId } from 'preact/hooks';
import { type OptimizerName, optimizers } from '../../config.ts';
import {
  isRegression,
  type PlaneSettings,
  penalties,
  planeActivations,
  planeDatasets,
  planeLimits,
} from '../../lab/plane/plane-protocol.ts';
import { Choice } from '../controls/choice.tsx';
import { NumberField } from '../controls/number-field.tsx';
import { SettingsFold } from '../controls/settings-fold.tsx';
import { UnitCounts } from '../controls/unit-counts.tsx';
import { integer, percent } from '../shared/numbers.ts';
import { Switch } from '../shared/switch.tsx';
import {
  advance,
  canTrain,
  configure,
  frame,
  isPlaying,
  type Pace,
  pace,
  paces,
  pause,
  play,
  prepare,
  settings,
  status,
} from './plane-state.ts';

export const PlaneControls = () => (
  <aside class="card controls plane-controls" aria-label="Controls of the plane">
    <PlaneToolbar />
    <Fields />
  </aside>
);

const states = { preparing: 'Preparing', ready: 'Paused', failed: 'Failed' } as const;

const PlaneToolbar = () => {
  const now = frame.value;
  const accuracy = now?.test?.accuracy ?? now?.train?.accuracy;
  return (
    <div class="toolbar">
      <div class="toolbar-buttons">
        <button
          type="button"
          class="primary toolbar-train"
          disabled={!canTrain.value}
          onClick={isPlaying.value ? pause : play}
        >
          {isPlaying.value ? 'Pause' : 'Train'}
        </button>
        <button
          type="button"
          disabled={!canTrain.value || isPlaying.value}
          title="Train on one batch"
          onClick={() => advance(1)}
        >
          Step
        </button>
        <button
          type="button"
          disabled={status.value === 'preparing'}
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
        {now && (
          <span class="soft">
            step <span data-testid="plane-step">{integer(now.step)}</span>
          </span>
        )}
        {accuracy !== undefined && (
          <span class="soft">
            <span data-testid="plane-accuracy">{percent(accuracy)}</span> correct
          </span>
        )}
      </p>
    </div>
  );
};

const sameNames = <T extends string>(names: readonly T[]) =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<T, T>;
const activationTitles = sameNames(planeActivations);
const optimizerTitles = Object.fromEntries(
  Object.entries(optimizers).map(([name, { title }]) => [name, title]),
) as Record<OptimizerName, string>;

const Fields = () => {
  const { data, noise, share, batch, seed, optimizer, learningRate, penalty, strength, activation } = settings.value;
  return (
    <SettingsFold summary={shapeOf(settings.value)}>
      <fieldset class="controls-group">
        <legend>Data</legend>
        <Choice
          label="Points"
          unseen
          value={data}
          options={planeDatasets}
          onChoose={(name) => configure({ data: name })}
        />
        {data === 'own' ? (
          <p class="small soft">Press on the plane to paint points. The net is trained on all of them.</p>
        ) : (
          <>
            <Range
              label="Noise"
              limits={planeLimits.noise}
              step={0.1}
              value={noise}
              onCommit={(value) => configure({ noise: value })}
            />
            <Range
              label="Trained on"
              unit=" %"
              limits={planeLimits.share}
              step={10}
              value={share}
              onCommit={(value) => configure({ share: value })}
            />
          </>
        )}
      </fieldset>
      <fieldset class="controls-group">
        <legend>Network</legend>
        <UnitCounts
          hidden={settings.value.hidden}
          limits={planeLimits}
          first={4}
          onChange={(hidden) => configure({ hidden })}
        />
        <div class="controls-line">
          <Choice
            label="Activation"
            value={activation}
            options={activationTitles}
            onChoose={(name) => configure({ activation: name })}
          />
        </div>
        <p class="small soft">{goal(settings.value)}</p>
      </fieldset>
      <fieldset class="controls-group">
        <legend>Training</legend>
        <Switch
          class="plane-pace"
          legend="Between two pictures"
          name="pace"
          options={paces as unknown as Readonly<Record<string, string>>}
          value={String(pace.value)}
          onChoose={(chosen) => {
            pace.value = Number(chosen) as Pace;
          }}
        />
        <div class="controls-line">
          <Choice
            label="Optimizer"
            value={optimizer}
            options={optimizerTitles}
            onChoose={(name) => configure({ optimizer: name, learningRate: rates[name] })}
          />
          <NumberField
            label="Learning rate"
            value={learningRate}
            limits={planeLimits.learningRate}
            onCommit={(value) => configure({ learningRate: value })}
          />
          <Choice
            label="Penalty"
            value={penalty}
            options={penalties}
            onChoose={(name) => configure({ penalty: name })}
          />
          {penalty !== 'none' && (
            <NumberField
              label="Its factor"
              value={strength}
              limits={planeLimits.strength}
              onCommit={(value) => configure({ strength: value })}
            />
          )}
        </div>
        <div class="controls-pair">
          <NumberField
            label="Batch"
            whole
            value={batch}
            limits={planeLimits.batch}
            onCommit={(value) => configure({ batch: value })}
          />
          <NumberField
            label="Seed"
            whole
            value={seed}
            limits={planeLimits.seed}
            onCommit={(value) => configure({ seed: value })}
          />
        </div>
        <p class="small soft">
          A step trains on one batch of points. A new learning rate takes effect at once. Any other change starts a
          fresh network. The address of this page holds all settings.
        </p>
      </fieldset>
    </SettingsFold>
  );
};

/** 'Circles, 2 → 4 → 2 → 1' */
const shapeOf = ({ data, features, hidden }: PlaneSettings): string =>
  `${planeDatasets[data]}, ${[features.length, ...hidden, 1].join(' → ')}`;

/** Rates at which nets as small as these train steadily. */
const rates: Readonly<Record<OptimizerName, number>> = {
  sgd: 0.1,
  momentum: 0.03,
  nesterov: 0.03,
  rmsprop: 0.01,
  adam: 0.01,
  adamw: 0.01,
};

const goal = ({ data }: PlaneSettings): string =>
  isRegression(data)
    ? 'The output is a number. The loss is the mean of its squared error.'
    : 'The output is the probability of orange. The loss is the cross-entropy.';

interface RangeProps {
  readonly label: string;
  readonly unit?: string;
  readonly limits: { readonly least: number; readonly most: number };
  readonly step: number;
  readonly value: number;
  readonly onCommit: (value: number) => void;
}

/** A slider that counts when it is let go of. */
const Range = ({ label, unit = '', limits: { least, most }, step, value, onCommit }: RangeProps) => {
  const id = useId();
  return (
    <div class="plane-range">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        onChange={({ currentTarget }) => onCommit(currentTarget.valueAsNumber)}
      />
      <span class="small mono">
        {value}
        {unit}
      </span>
    </div>
  );
};
