import { Equation } from './equation.tsx';
import type { View } from './inspection.ts';
import type { Page } from './pages.ts';
import { TensorFigure } from './tensor-figure.tsx';

interface OverviewProps {
  readonly view: View;
  readonly pages: readonly Page[];
}

/** Every tensor, under the equation that it comes from. */
export const Overview = ({ view, pages }: OverviewProps) => {
  const results = new Set(pages.map(({ result }) => result));
  const given = [...new Set(pages.flatMap(({ operands }) => operands))].filter((name) => !results.has(name));
  return (
    <div class="microscope-overview">
      <h3>Given</h3>
      <div class="microscope-all">
        {given.map((name) => (
          <TensorFigure key={name} view={view} name={name} />
        ))}
      </div>
      {(['forward', 'backward'] as const).map((direction) => (
        <div key={direction} class={`microscope-${direction}`}>
          <h3 class="microscope-direction">{direction === 'forward' ? 'Forward' : 'Backward'}</h3>
          <div class="microscope-all">
            {pages
              .filter((page) => page.direction === direction)
              .map(({ result, equation }) => (
                <div key={result} class="microscope-entry">
                  <div class="scroll">
                    <Equation parts={equation} />
                  </div>
                  <TensorFigure view={view} name={result} />
                </div>
              ))}
          </div>
        </div>
      ))}
    </div>
  );
};
