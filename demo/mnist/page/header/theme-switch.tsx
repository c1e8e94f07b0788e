import { type Theme, theme, themes } from './theme.ts';

export const ThemeSwitch = () => (
  <fieldset class="theme">
    <legend class="unseen">Colours</legend>
    {Object.entries(themes).map(([name, title]) => (
      <label key={name} class="theme-choice">
        <input
          type="radio"
          class="unseen"
          name="theme"
          value={name}
          checked={theme.value === name}
          onChange={() => {
            theme.value = name as Theme;
          }}
        />
        <span>{title}</span>
      </label>
    ))}
  </fieldset>
);
