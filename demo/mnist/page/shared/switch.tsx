import './switch.css';

interface SwitchProps<T extends string> {
  /** Of the part, which says how it looks. */
  readonly class: string;
  readonly legend: string;
  /** The legend is for screen readers only. */
  readonly unseen?: boolean;
  readonly name: string;
  /** Titles by value. */
  readonly options: Readonly<Record<T, string>>;
  readonly value: T;
  readonly onChoose: (value: T) => void;
}

/** One of a few, all of them in sight. */
export const Switch = <T extends string>(props: SwitchProps<T>) => {
  const { class: look, legend, unseen, name, options, value, onChoose } = props;
  return (
    <fieldset class={`switch ${look}`}>
      <legend class={unseen ? 'unseen' : undefined}>{legend}</legend>
      {(Object.entries(options) as [T, string][]).map(([option, title]) => (
        <label key={option}>
          <input type="radio" name={name} value={option} checked={value === option} onChange={() => onChoose(option)} />
          <span>{title}</span>
        </label>
      ))}
    </fieldset>
  );
};
