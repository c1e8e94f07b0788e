import { openPage } from '../model/open-page.ts';
import { directions, type Page } from '../model/pages.ts';
import type { View } from '../model/view-of.ts';
import { Diagram } from './diagram.tsx';
import { Stage } from './stage.tsx';

interface StepperProps {
  readonly view: View;
  readonly pages: readonly Page[];
}

/** A forward and a backward pass and an update, one operation at a time. */
export const Stepper = ({ view, pages }: StepperProps) => {
  const current = Math.max(
    0,
    pages.findIndex(({ result }) => result === openPage.value),
  );
  const turn = (to: number): void => {
    openPage.value = pages[Math.min(pages.length - 1, Math.max(0, to))].result;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    turn(current + by);
  };
  const page = pages[current];
  const ofDirection = pages.filter(({ direction }) => direction === page.direction);
  return (
    <section class={`microscope-stepper microscope-${page.direction}`} aria-label="Step by step" onKeyDown={onKeyDown}>
      <Diagram view={view} pages={pages} current={current} onTurn={turn} />
      <div class="microscope-turn">
        <button type="button" disabled={current === 0} onClick={() => turn(current - 1)}>
          <span aria-hidden="true">‹</span> <span class="microscope-way">Previous</span>
        </button>
        <h3 aria-live="polite">
          <span class="microscope-direction">
            {directions[page.direction]} {ofDirection.indexOf(page) + 1} of {ofDirection.length}
          </span>{' '}
          {page.title} {page.equationName && <span class="microscope-name">{page.equationName}</span>}
        </h3>
        <button type="button" disabled={current === pages.length - 1} onClick={() => turn(current + 1)}>
          <span class="microscope-way">Next</span> <span aria-hidden="true">›</span>
        </button>
      </div>
      <Stage view={view} page={page} />
    </section>
  );
};
