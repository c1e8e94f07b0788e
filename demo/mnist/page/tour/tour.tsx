import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { openPage } from '../microscope/model/open-page.ts';
import { scrollToSection } from '../shared/scroll-to-section.ts';
import { config } from '../state/index.ts';
import { stepsOf, type TourStep } from './steps.ts';
import './tour.css';

/** Leads through the page, a section at a time. The page stays usable meanwhile. */
export const Tour = ({ onEnd }: { readonly onEnd: () => void }) => {
  const at = useSignal(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const steps = stepsOf(config.value.hidden);
  const { title, sentences } = steps[at.value];
  useLayoutEffect(() => {
    lookAt(steps[at.value]);
    heading.current!.focus({ preventScroll: true });
  }, [at.value]);
  const isLast = at.value === steps.length - 1;
  return (
    <section
      class="tour"
      role="dialog"
      aria-labelledby="tour-title"
      onKeyDown={({ key }) => key === 'Escape' && onEnd()}
    >
      <p class="soft small">
        Step {at.value + 1} of {steps.length}
      </p>
      <h2 id="tour-title" ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <div class="row">
        <button type="button" disabled={at.value === 0} onClick={() => at.value--}>
          Back
        </button>
        <button type="button" class="primary" onClick={() => (isLast ? onEnd() : at.value++)}>
          {isLast ? 'Done' : 'Go on'}
        </button>
        {!isLast && (
          <button type="button" onClick={onEnd}>
            End the tour
          </button>
        )}
      </div>
    </section>
  );
};

function lookAt({ section, page }: TourStep): void {
  if (page) openPage.value = page;
  scrollToSection(section);
}
