import { Switch } from '../switch.tsx';
import { theme, themes } from './theme.ts';

export const ThemeSwitch = () => (
  <Switch
    class="theme"
    legend="Colours"
    unseen
    name="theme"
    options={themes}
    value={theme.value}
    onChoose={(chosen) => {
      theme.value = chosen;
    }}
  />
);
