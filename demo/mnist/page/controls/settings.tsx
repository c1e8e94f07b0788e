import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { config } from '../state.ts';
import { Fields } from './fields.tsx';
import { Summary } from './summary.tsx';
import { settings } from './words.ts';

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
