/** What lies below the first view of the first tab. Its code is loaded later. */
import { Microscope } from './microscope/microscope.tsx';
import { Results } from './results/results.tsx';
import { Trust } from './trust/trust.tsx';
import { Try } from './try/try.tsx';

export const Below = () => (
  <>
    <Try />
    <Microscope />
    <Results />
    <Trust />
  </>
);
