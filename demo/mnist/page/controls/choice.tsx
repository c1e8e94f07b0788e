import { useId } from 'preact/hooks';

interface ChoiceProps<T extends string> {
  readonly label: string;
  /** The label is for screen readers only. */
  readonly unseen?: boolean;
  readonly value: T;
  /** Titles by name. */
  readonly options: Readonly<Record<T, string>>;
  readonly onChoose: (value: T) => void;
}

export const Choice = <T extends string>({ label, unseen, value, options, onChoose }: ChoiceProps<T>) => {
  const id = useId();
  return (
    <div class="controls-field">
      <label for={id} class={unseen ? 'unseen' : undefined}>
        {label}
      </label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value as T)}>
        {(Object.entries(options) as [T, string][]).map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </div>
  );
};
