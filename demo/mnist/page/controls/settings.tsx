import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { integer } from '../shared/numbers.ts';
import { config, prepared } from '../state/index.ts';
import { Fields } from './fields.tsx';
import { settings } from './phrases.ts';

/** Where there is room the settings are always open; on phones they fold, so that what happens comes first. */
const wide = matchMedia('(min-width: 1000px)');

export const Settings = () => {
  const isOpen = useSignal(wide.matches);
  useEffect(() => {
    const unfold = () => {
      isOpen.value = wide.matches;
    };
    wide.addEventListener('change', unfold);
    return () => wide.removeEventListener('change', unfold);
  }, [isOpen]);
  return (
    <details
      class="settings"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary class="settings-fold">
        <strong>Settings</strong>
        <span class="small soft">{settings(config.value)}</span>
      </summary>
      <div class="settings-fields">
        <Fields />
        <Summary />
      </div>
    </details>
  );
};

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
