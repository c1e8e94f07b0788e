import { integer } from '../shared/numbers.ts';
import { config, prepared } from '../state/index.ts';
import { Fields } from './fields.tsx';
import { settings } from './phrases.ts';
import { SettingsFold } from './settings-fold.tsx';

export const Settings = () => (
  <SettingsFold summary={settings(config.value)}>
    <Fields />
    <Summary />
  </SettingsFold>
);

/** What was made of the settings. */
const Summary = () => {
  const made = prepared.value;
  const rows = {
    Parameters: made && integer(made.parameters),
    Data: made?.data.name,
    Samples: made && `${integer(made.data.train)} train, ${integer(made.data.test)} test`,
    Source: made?.data.source,
  };
  return (
    <dl class="summary small" aria-label="The network and its data">
      {Object.entries(rows).map(([name, value]) => (
        <div key={name} class="summary-row">
          <dt>{name}</dt>
          <dd>{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  );
};
