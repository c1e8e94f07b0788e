import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect } from 'preact/hooks';
import { Term } from '../glossary/term.tsx';
import type { TermName } from '../glossary/terms.ts';
import { type Limits, read } from './read-number.ts';

interface NumberFieldProps {
  readonly label: string;
  /** The label is for screen readers only, as where a heading above a column says the same. */
  readonly unseen?: boolean;
  /** The rest of the label, for screen readers only: ' of hidden layer 2'. */
  readonly rest?: string;
  /** Explained beside the label. */
  readonly term?: TermName;
  readonly value: number;
  readonly limits: Limits;
  readonly whole?: boolean;
  readonly onCommit: (value: number) => void;
}

/** A number that counts once it is complete (Enter, or leaving the field), so that typing does not make a net per key. */
export const NumberField = ({
  label,
  unseen,
  rest,
  term,
  value,
  limits,
  whole = false,
  onCommit,
}: NumberFieldProps) => {
  const id = useId();
  const draft = useSignal<string>();
  const isJudged = useSignal(false);
  const drop = () => {
    draft.value = undefined;
    isJudged.value = false;
  };
  // Set from elsewhere, a field shows what it was set to. At once: an effect after the next frame would drop what is typed until then.
  useLayoutEffect(drop, [value]);

  const found = draft.value === undefined ? { value } : read(draft.value, limits, whole);
  const message = isJudged.value && 'message' in found ? found.message : undefined;
  const commit = () => {
    if (draft.value === undefined) return;
    if ('message' in found) {
      isJudged.value = true;
      return;
    }
    drop();
    if (found.value !== value) onCommit(found.value);
  };

  return (
    <div class="controls-field">
      <span class="controls-label">
        <label for={id} class={unseen ? 'unseen' : undefined}>
          {label}
          {rest && <span class="unseen"> {rest}</span>}
        </label>
        {term && <Term of={term} />}
      </span>
      <input
        id={id}
        inputMode={whole ? 'numeric' : 'decimal'}
        autocomplete="off"
        spellcheck={false}
        value={draft.value ?? String(value)}
        aria-invalid={message !== undefined}
        aria-describedby={message && `${id}-message`}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value;
        }}
        onBlur={commit}
        onKeyDown={({ key }) => {
          if (key === 'Enter') commit();
          if (key === 'Escape') drop();
        }}
      />
      {message && (
        <p id={`${id}-message`} class="controls-message small" role="alert">
          {message} Still using {value}.
        </p>
      )}
    </div>
  );
};
