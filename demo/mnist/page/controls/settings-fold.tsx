import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

/** Where there is room the settings are always open; on phones they fold, so that what happens comes first. */
const wide = matchMedia('(min-width: 1000px)');

interface SettingsFoldProps {
  /** The settings in short. */
  readonly summary: string;
  readonly children: ComponentChildren;
}

export const SettingsFold = ({ summary, children }: SettingsFoldProps) => {
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
        <span class="small soft">{summary}</span>
      </summary>
      <div class="settings-fields">{children}</div>
    </details>
  );
};
