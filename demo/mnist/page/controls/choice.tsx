import { useId } from 'preact/hooks';
import { Term } from '../glossary/term.tsx';
import type { TermName } from '../glossary/terms.ts';

interface ChoiceProps<T extends string> {
  readonly label: string;
  /** The label is for screen readers only. */
  readonly unseen?: boolean;
  /** Explained beside the label. */
  readonly term?: TermName;
  readonly value: T;
  /** Titles by name. */
  readonly options: Readonly<Record<T, string>>;
  readonly onChoose: (value: T) => void;
}

export const Choice = <T extends string>({ label, unseen, term, value, options, onChoose }: ChoiceProps<T>) => {
  const id = useId();
  return (
    <div class="controls-field">
      <span class="controls-label">
        <label for={id} class={unseen ? 'unseen' : undefined}>
          {label}
        </label>
        {term && <Term of={term} />}
      </span>
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
