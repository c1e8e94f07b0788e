import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Scrollable } from '../../shared/scrollable.tsx';
import { parse } from '../model/names.ts';
import { type Direction, directions, type Page } from '../model/pages.ts';
import type { View } from '../model/view-of.ts';
import { Equation } from './equation.tsx';
import { TensorFigure } from './tensor-figure.tsx';

interface OverviewProps {
  readonly view: View;
  readonly pages: readonly Page[];
}

/** Every tensor, under the equation that it comes from. */
export const Overview = ({ view, pages }: OverviewProps) => {
  const results = new Set(pages.map(({ result }) => result));
  const others = [...new Set(pages.flatMap(({ operands }) => operands))].filter((name) => !results.has(name));
  const isSlope = (name: string) => ['slope', 'rise'].includes(parse(name).letter);
  const shown = useGrowing(pages.length);
  return (
    <div class="microscope-overview">
      <Group title="Given">
        {others
          .filter((name) => !isSlope(name))
          .slice(0, shown)
          .map((name) => (
            <TensorFigure key={name} view={view} name={name} />
          ))}
      </Group>
      {(Object.keys(directions) as Direction[]).map((direction) => (
        <Group key={direction} title={directions[direction]} direction={direction}>
          {pages
            .slice(0, shown)
            .filter((page) => page.direction === direction)
            .flatMap(({ result, equation, operands }) => [
              ...operands.filter(isSlope).map((name) => <TensorFigure key={name} view={view} name={name} />),
              <div key={result} class="microscope-entry">
                <Scrollable label="The equation">
                  <Equation parts={equation} />
                </Scrollable>
                <TensorFigure view={view} name={result} />
              </div>,
            ])}
        </Group>
      ))}
    </div>
  );
};

/** Pages that are laid out at a time. */
const PART = 20;

/** A count that grows to this one in parts, so that none of them keeps the page from answering. */
function useGrowing(count: number): number {
  const [shown, setShown] = useState(PART);
  useEffect(() => {
    if (shown >= count) return;
    const timer = setTimeout(() => setShown(shown + PART));
    return () => clearTimeout(timer);
  }, [shown, count]);
  return shown;
}

interface GroupProps {
  readonly title: string;
  readonly direction?: Page['direction'];
  readonly children: ComponentChildren;
}

const Group = ({ title, direction, children }: GroupProps) => (
  <div class={`microscope-group ${direction ? `microscope-${direction}` : ''}`}>
    <h3 class={direction && 'microscope-direction'}>{title}</h3>
    <div class="microscope-all">{children}</div>
  </div>
);
