/** The page from top to bottom. */
import { Controls } from './controls/controls.tsx';
import { Header } from './header.tsx';
import { Microscope } from './microscope/microscope.tsx';
import { Notices } from './notices.tsx';
import { Results } from './results/results.tsx';
import { Training } from './training/training.tsx';
import { Trust } from './trust/trust.tsx';
import { Try } from './try/try.tsx';

export const Page = () => (
  <>
    <Header />
    <Notices />
    <main class="layout">
      <Controls />
      <div class="sections">
        <Training />
        <Try />
        <Microscope />
        <Results />
        <Trust />
      </div>
    </main>
  </>
);
