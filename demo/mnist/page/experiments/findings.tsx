import { DASH } from '../shared/numbers.ts';
import { courses, experiment } from './experiments-state.ts';
import { Explained } from './explained.tsx';

/** The numbers that show the effect, each with what it means. */
export const Findings = () => (
  <ul class="experiment-findings">
    {experiment.value.findings.map(({ id, of, shown, says }) => {
      const isLookedAt = courses.value.length > 0 && courses.value.every(({ looks }) => looks.length > 0);
      const value = isLookedAt ? of(courses.value) : Number.NaN;
      const isThere = Number.isFinite(value);
      return (
        <li key={id}>
          <strong data-testid={`finding-${id}`}>{isThere ? shown(value) : DASH}</strong>
          <span>
            <Explained text={isThere ? says(value, courses.value) : 'Press Start to measure it.'} />
          </span>
        </li>
      );
    })}
  </ul>
);
