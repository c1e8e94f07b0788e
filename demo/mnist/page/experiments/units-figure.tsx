/** A square for each unit of each net, full or empty. */
import type { Course, UnitsPicture } from '../../lab/experiments/experiment.ts';
import { integer } from '../shared/numbers.ts';
import { experiment } from './experiments-state.ts';

interface UnitsFigureProps {
  readonly picture: UnitsPicture;
  readonly courses: readonly Course[];
}

export const UnitsFigure = ({ picture: { title, of, full, empty }, courses }: UnitsFigureProps) => (
  <figure class="experiment-figure experiment-wide">
    <figcaption>
      <h3>{title}</h3>
    </figcaption>
    <div class="experiment-units">
      {experiment.value.sides.map((side, at) => {
        const units = courses[at]?.looks.at(-1)?.values[of] ?? [];
        const count = units.filter((is) => is !== 0).length;
        const words = `${integer(count)} ${full}, ${integer(units.length - count)} ${empty}`;
        return (
          <div key={side.title} class="experiment-side" data-side={at}>
            <strong class="small">{side.title}</strong>
            <div class="experiment-squares" role="img" aria-label={`${side.title}: ${words}`}>
              {units.map((is, unit) => (
                <span key={unit} data-full={is !== 0} />
              ))}
            </div>
            <p class="small soft">{words}</p>
          </div>
        );
      })}
    </div>
  </figure>
);
