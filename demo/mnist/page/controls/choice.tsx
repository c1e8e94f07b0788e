import { useId } from 'preact/hooks';
import { Term } from '../glossary/term.tsx';
import type { TermName } from '../glossary/terms.ts';

interface ChoiceProps<T extends string> {
  readonly label: string;
  /** The label is for screen readers only. */
  readonly unseen?: boolean;
  /** The rest of the label, for screen readers only: ' of hidden layer 2'. */
  readonly rest?: string;
  /** Explained beside the label. */
  readonly term?: TermName;
  readonly value: T;
  /** Titles by name. */
  readonly options: Readonly<Record<T, string>>;
  readonly onChoose: (value: T) => void;
}

export const Choice = <T extends string>({ label, unseen, rest, term, value, options, onChoose }: ChoiceProps<T>) => {
  const id = useId();
  return (
    <div class="controls-field">
      <span class="controls-label">
        <label for={id} class={unseen ? 'unseen' : undefined}>
          {label}
          {rest && <span class="unseen"> {rest}</span>}
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
