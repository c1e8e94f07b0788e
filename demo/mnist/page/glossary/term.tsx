import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { explain, explanations } from './explanations.ts';
import type { TermName } from './terms.ts';
import './term.css';

interface TermProps {
  readonly of: TermName;
  /** The word as it stands in the text; a question mark beside a label if there is none. */
  readonly children?: ComponentChildren;
}

/** Between a word and its explanation, and between that and the edge of the window, in CSS pixels. */
const GAP = 6;

/** A word that explains itself when it is pointed at, focused or tapped. */
export const Term = ({ of, children }: TermProps) => {
  const id = useId();
  const word = useRef<HTMLButtonElement>(null);
  const note = useRef<HTMLSpanElement>(null);
  const show = async (): Promise<void> => {
    await explain().catch(() => {}); // then the word stands there alone
    if (!word.current?.matches(':hover, :focus')) return; // it was left meanwhile
    const [box, text] = [word.current!.getBoundingClientRect(), note.current!];
    text.showPopover(); // above everything, and cut by nothing
    const left = Math.min(box.left, innerWidth - text.offsetWidth - GAP);
    const isBelow = box.bottom + GAP + text.offsetHeight <= innerHeight;
    text.style.left = `${Math.max(GAP, left)}px`;
    text.style.top = `${isBelow ? box.bottom + GAP : box.top - GAP - text.offsetHeight}px`;
  };
  const hide = (): void => note.current?.hidePopover();
  return (
    <>
      <button
        ref={word}
        type="button"
        class={children ? 'term' : 'term term-mark'}
        aria-label={children ? undefined : `What is ${of}?`}
        aria-describedby={id}
        onPointerEnter={show}
        onPointerLeave={() => document.activeElement !== word.current && hide()}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        onKeyDown={({ key }) => key === 'Escape' && hide()}
      >
        {children ?? '?'}
      </button>
      <span ref={note} id={id} role="tooltip" popover="manual" class="term-note small">
        <strong>{of}</strong> {explanations.value?.[of]}
      </span>
    </>
  );
};
